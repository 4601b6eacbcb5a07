"""`python deploy/probe.py URL`: exit status 0 where the address is served, else 1. For health checks of containers."""

import sys
import urllib.request

if __name__ == "__main__":
    no_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with no_proxy.open(sys.argv[1], timeout=4):
            sys.exit(0)
    except OSError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
