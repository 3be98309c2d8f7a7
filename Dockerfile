FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home triporteur

WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY --chown=triporteur . .
RUN mkdir -p var \
    && for po in locale/*/LC_MESSAGES/*.po; do \
        [ -f "$po" ] && pybabel -q compile -i "$po" -o "${po%.po}.mo" || true; done \
    && SECRET_KEY=build python manage.py collectstatic --noinput \
    && chown -R triporteur var

USER triporteur
VOLUME /app/var
EXPOSE 8000
CMD ["daphne", "-b", "0.0.0.0", "-p", "8000", "--websocket_connect_timeout", "20", "config.asgi:application"]
