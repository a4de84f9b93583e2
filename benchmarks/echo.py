"""The least a Flask server can do with a comment: read the JSON and send it back."""

from flask import Flask, Response, jsonify, request


def create_app() -> Flask:
    """An application that answers every posted JSON with itself."""
    app = Flask(__name__, static_folder=None)

    @app.post("/v1/comments")
    def echo() -> Response:
        return jsonify(request.get_json())

    @app.get("/readyz")
    def ready() -> Response:
        return Response("ready")

    return app
