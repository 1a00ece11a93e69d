FROM python:3.11-slim

RUN useradd --create-home --uid 1000 app && install --directory --owner=app --group=app /data
WORKDIR /home/app/seedance

COPY requirements.txt constraints.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check -r requirements.txt -c constraints.txt

COPY app.py ./
COPY assets ./assets
COPY seedance_ui ./seedance_ui

USER app
# Inside a container 0.0.0.0 is the only address that can be reached, so visitors are strangers unless
# SEEDANCE_PUBLIC=off says that the port is published to nobody else.
ENV PYTHONUNBUFFERED=1 \
    GRADIO_SERVER_NAME=0.0.0.0 \
    GRADIO_SERVER_PORT=7860 \
    SEEDANCE_DATA_DIR=/data
VOLUME /data
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/healthz', timeout=4)"]
CMD ["python", "app.py"]
