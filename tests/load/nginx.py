"""nginx with one worker answering `return 302`: the ceiling of a redirect."""

from __future__ import annotations

from tests.load.stack import VAR, Stack, answering

CONFIG = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    keepalive_requests 1000000;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location /health {{ return 200; }}
        location / {{ return 302 /; }}
    }}
}}
"""


async def start(stack: Stack) -> str:
    folder = VAR / "nginx"
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "nginx.conf"
    config.write_text(CONFIG.format(folder=folder, port=stack.nginx_port))
    stack.start("nginx", "nginx", "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(config))
    address = f"http://127.0.0.1:{stack.nginx_port}"
    await answering(f"{address}/health")
    return address
