# One image for all parts: the app, the ingest job and the Chroma server (see compose.yaml).
# The official documents are never in it: the ingest job fetches them, or reads them from a folder, into a volume.
FROM python:3.11-slim AS build

# Where pip looks for packages: for the CPU build of torch, give the address that PyTorch's "Get started" page has:
#   docker build --build-arg PIP_EXTRA_INDEX_URL=ADDRESS .
ARG PIP_EXTRA_INDEX_URL=""
ENV PIP_EXTRA_INDEX_URL=${PIP_EXTRA_INDEX_URL} PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
ENV PATH=/venv/bin:${PATH}
WORKDIR /app
COPY . .
# in place, as the README does it: the app reads its data beside its code
RUN pip install --editable . && python -m compileall -q app.py assistant corpus ingest

FROM python:3.11-slim
RUN groupadd --gid 10001 app && useradd --uid 10001 --gid app --no-create-home --home-dir /tmp app \
    && mkdir -p /data/index /data/sources /chroma /certificates && chown -R app:app /data /chroma /certificates
COPY --from=build /venv /venv
COPY --from=build /app /app
# All that is written goes to /data (a volume) and /tmp (in memory), so the root may be read-only.
ENV PATH=/venv/bin:${PATH} \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    MPLCONFIGDIR=/tmp/matplotlib \
    GRADIO_TEMP_DIR=/tmp/gradio \
    GRADIO_ANALYTICS_ENABLED=False \
    ANONYMIZED_TELEMETRY=False \
    HF_HUB_OFFLINE=1 \
    ASK_THE_CODE_HOME=/data \
    ASK_THE_CODE_HOST=0.0.0.0 \
    ASK_THE_CODE_PORT=7860
WORKDIR /app
USER 10001:10001
EXPOSE 7860
VOLUME /data
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python", "deploy/probe.py", "http://127.0.0.1:7860/health"]
CMD ["python", "app.py"]
