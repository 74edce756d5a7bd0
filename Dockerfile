# signalbox in a container, built from a clone: docker build -t signalbox .
# Configuration is /etc/signalbox/signalbox.yaml, state is in /data.

FROM node:24-slim AS build
WORKDIR /src
COPY . .
# Packing builds first, with the locked dependencies.
RUN npm pack --pack-destination / && mv /signalbox-*.tgz /signalbox.tgz

FROM node:24-slim
# git and ssh fetch what is to be tested; tini waits for processes that nobody else waits for.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates git openssh-client tini \
  && rm -rf /var/lib/apt/lists/*
COPY --from=build /signalbox.tgz /tmp/signalbox.tgz
RUN npm install --global --no-audit --no-fund /tmp/signalbox.tgz \
  && npm cache clean --force \
  && rm /tmp/signalbox.tgz \
  && install --directory --owner=node --group=node /data /etc/signalbox
USER node
WORKDIR /etc/signalbox
VOLUME /data
# The public door. The admin door stays within the container unless the configuration opens it.
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--", "signalbox"]
CMD ["serve", "--data", "/data"]
