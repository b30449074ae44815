# Debian and not Alpine: the binaries of uWebSockets.js are linked against glibc.
FROM node:20-bookworm-slim AS build
WORKDIR /usher
COPY package.json package-lock.json .npmrc ./
COPY client-sdk/package.json client-sdk/
COPY tests/generated-client/package.json tests/generated-client/
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev --omit=optional

FROM node:20-bookworm-slim
ENV NODE_ENV=production
WORKDIR /usher
COPY --from=build /usher/package.json ./
COPY --from=build /usher/node_modules node_modules
COPY --from=build /usher/dist dist
COPY --from=build /usher/client-sdk/dist client-sdk/dist
COPY --from=build /usher/sql sql
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "dist/main.js"]
