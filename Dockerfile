# One image for web, live, worker, beat and migrate: docker-compose.yml gives each its command.

FROM node:24-slim AS assets
WORKDIR /srv
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY static static
RUN npm run build

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /srv
RUN useradd --uid 10001 --no-create-home collaborate && mkdir media && chown collaborate media
COPY requirements/base.txt requirements/base.txt
RUN pip install --require-hashes -r requirements/base.txt
COPY manage.py ./
COPY collaborate collaborate
COPY leaders leaders
COPY community community
COPY faculty faculty
COPY templates templates
COPY --from=assets /srv/static static
# The settings refuse to load without these; none of them is used or kept.
RUN SECRET_KEY=build DATABASE_URL=postgres:///build REDIS_URL=redis://build EMAIL_URL=smtp://build \
    python manage.py collectstatic --noinput
USER collaborate
EXPOSE 8000
CMD ["gunicorn", "collaborate.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/dev/shm"]
