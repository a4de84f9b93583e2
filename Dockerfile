FROM python:3.11-slim AS build
WORKDIR /app
COPY requirements.lock ./
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock \
 && /venv/bin/pip uninstall --yes --quiet pip
COPY model model
COPY training training
COPY service service
COPY demo demo
RUN /venv/bin/python -m compileall -q model training service demo

FROM python:3.11-slim
COPY --from=build /venv /venv
COPY --from=build /app /app
COPY LICENSE /app/
RUN useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin weir \
 && install -d -o weir -g weir -m 0700 /data
# The root may be read-only: what is written goes to the one volume, or to shared memory.
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    TMPDIR=/dev/shm WEIR_DATA_DIR=/data WEIR_HOST=0.0.0.0 PORT=8080 WEB_CONCURRENCY=2
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=4s --start-period=20s \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/readyz', timeout=3)"]
ENTRYPOINT ["python", "-P", "-m", "service"]
CMD ["serve"]
