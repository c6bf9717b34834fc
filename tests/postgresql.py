"""The address of a PostgreSQL that answers on this machine, printed; nothing where there is none."""

import psycopg

ADDRESS = "postgres://postgres@127.0.0.1:5432/postgres"

if __name__ == "__main__":
    try:
        psycopg.connect(ADDRESS, connect_timeout=2).close()
    except psycopg.Error:
        pass
    else:
        print(ADDRESS)
