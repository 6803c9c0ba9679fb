#!/usr/bin/env bash
# Builds ../dist from this folder; with --check, fails when ../dist is not what this folder builds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
npm ci --loglevel=error
node build.mjs "$@"
