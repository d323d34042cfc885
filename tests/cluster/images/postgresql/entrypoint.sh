#!/bin/sh
# Make the data directory once, then serve every pod that knows a password.
set -eu
data=/var/lib/postgresql/data
if [ ! -d "$data" ]; then
    umask 077
    rm -rf "$data.draft"
    printf '%s\n' "$POSTGRES_PASSWORD" > /run/postgresql/password
    initdb --pgdata="$data.draft" --username=postgres --pwfile=/run/postgresql/password \
        --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8
    rm /run/postgresql/password
    echo "host all all all scram-sha-256" >> "$data.draft/pg_hba.conf"
    mv "$data.draft" "$data"
fi
exec postgres -D "$data" -c listen_addresses='*' -c unix_socket_directories=/run/postgresql "$@"
