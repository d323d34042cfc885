#!/bin/sh
# Make the data directory once; set root's password at every start, so that a changed Secret takes effect.
set -eu
data=/var/lib/mysql/data
if [ ! -d "$data/mysql" ]; then
    rm -rf "$data.draft"
    mkdir -p "$data.draft"
    mariadb-install-db --no-defaults --datadir="$data.draft" --skip-test-db --auth-root-authentication-method=normal
    mv "$data.draft" "$data"
fi
umask 077
cat > /run/mysqld/init.sql <<SQL
DELETE FROM mysql.global_priv WHERE User = '' OR (User = 'root' AND Host NOT IN ('localhost', '%'));
FLUSH PRIVILEGES;
CREATE USER IF NOT EXISTS 'root'@'%';
ALTER USER 'root'@'%' IDENTIFIED BY '$MARIADB_ROOT_PASSWORD';
ALTER USER 'root'@'localhost' IDENTIFIED BY '$MARIADB_ROOT_PASSWORD';
GRANT ALL PRIVILEGES ON *.* TO 'root'@'%' WITH GRANT OPTION;
SQL
exec mariadbd --no-defaults --datadir="$data" --socket=/run/mysqld/mysqld.sock --pid-file=/run/mysqld/mysqld.pid \
    --init-file=/run/mysqld/init.sql --bind-address=0.0.0.0 --skip-name-resolve \
    --character-set-server=utf8mb4 --collation-server=utf8mb4_general_ci "$@"
