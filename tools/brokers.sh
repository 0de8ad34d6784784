#!/usr/bin/env bash
# Starts Redis, RabbitMQ and NATS with JetStream on this machine, as far as they do not listen yet. As root it installs from the
# distribution what is missing. Says what cannot be had, and fails then.
set -euo pipefail

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

install() { DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$1" >/dev/null 2>&1; }

there() { # a program, whose package has the same name
    command -v "$1" >/dev/null && return
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "$1 is not installed, and only root can install it here, on Debian or Ubuntu." >&2
        return 1
    fi
    # A fresh machine has no list of packages yet.
    install "$1" || { apt-get update -q >/dev/null 2>&1 && install "$1"; } || { echo "$1 could not be installed." >&2; return 1; }
}

until_listens() {
    for _ in $(seq 200); do listens "$1" && return; sleep 0.3; done
    echo "Nothing listens on port $1." >&2
    exit 1
}

started() { # port, program, and how it is started; what was installed may have been started by that
    listens "$1" && return
    there "$2"
    listens "$1" || "${@:3}"
}

nats() { nohup nats-server -js -a 127.0.0.1 -sd "$(mktemp -d)" >/dev/null 2>&1 & }

started 6379 redis-server redis-server --port 6379 --daemonize yes --save '' >/dev/null
started 5672 rabbitmq-server rabbitmq-server -detached
started 4222 nats-server nats
for port in 6379 5672 4222; do until_listens "$port"; done
