"""The least a Flask server can do with a comment: read it and send it back."""

from flask import Flask, Response, jsonify, request


def create_app() -> Flask:
    """An application that answers every posted JSON or form with what was in it."""
    app = Flask(__name__, static_folder=None)

    @app.post("/v1/comments")
    def echo() -> Response:
        return jsonify(request.get_json())

    @app.post("/1.1/comment-check")
    def echo_form() -> Response:
        return Response(request.form["comment_content"], mimetype="text/plain")

    @app.get("/readyz")
    def ready() -> Response:
        return Response("ready")

    return app
