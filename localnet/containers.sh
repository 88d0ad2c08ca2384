#!/bin/sh
# What the service "init" of docker-compose.yml does: a copy of the repository (/source) with its dependencies in /app,
# and the homes of all programs in /localnet. Run again, it takes over changed sources and keeps the homes.
# Usage: containers.sh VALIDATORS
set -eu

mkdir -p /app
find /app -mindepth 1 -maxdepth 1 ! -name node_modules -exec rm -rf {} +
tar -C /source --exclude=./node_modules --exclude=./.git --exclude=./.localnet --exclude=./dist -cf - . | tar -C /app -xf -

cd /app
if ! cmp -s package-lock.json node_modules/.installed-from; then
  echo 'Installing the dependencies: a minute or two.'
  npm ci --omit=dev --ignore-scripts
  cp package-lock.json node_modules/.installed-from
fi

node localnet/prepare.ts --placement containers --validators "$1" --home /localnet
chown -R 1000:1000 /localnet
