#!/usr/bin/env bash
# Starts Redis, RabbitMQ and NATS with JetStream on this machine, as far as they do not listen yet. As root it installs from the
# distribution what is missing.
set -euo pipefail

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

there() { # program, package
    command -v "$1" >/dev/null || { [ "$(id -u)" = 0 ] && apt-get install -y -q "$2" >/dev/null; }
}

until_listens() {
    for _ in $(seq 100); do listens "$1" && return; sleep 0.3; done
    echo "Nothing listens on port $1." >&2
    exit 1
}

listens 6379 || { there redis-server redis-server; redis-server --port 6379 --daemonize yes --save '' >/dev/null; }
listens 5672 || { there rabbitmq-server rabbitmq-server; rabbitmq-server -detached; }
listens 4222 || { there nats-server nats-server; nohup nats-server -js -a 127.0.0.1 -sd "$(mktemp -d)" >/dev/null 2>&1 & }
for port in 6379 5672 4222; do until_listens "$port"; done
