"""The commands of `linkage`. Each imports what it needs when it runs, so that every one of them starts at once."""

from __future__ import annotations

import errno
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from linkage_local.errors import LaunchError, problem
from linkage_local.paths import Layout

app = typer.Typer(
    name="linkage",
    help="衔接 Linkage：在一台机器上运行整个系统。The whole system on one machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
admin_app = typer.Typer(no_args_is_help=True, help="管理员账号 administrators")
audit_app = typer.Typer(no_args_is_help=True, help="审计链 audit chain")
app.add_typer(admin_app, name="admin")
app.add_typer(audit_app, name="audit")

Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="数据目录 data folder (default: .linkage)", show_default=False),
]


def main() -> None:
    """Run a command; every expected failure is one sentence and exit status 1."""
    from linkage_local.console import print_error

    try:
        app(prog_name="linkage")
    except LaunchError as error:
        print_error(str(error))
        sys.exit(1)
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        print_error(str(problem("磁盘空间不足", "no space left on the disk")))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


@app.command()
def up(
    data: Data = None,
    port: Annotated[
        int | None, typer.Option(help="网关端口 port of the gateway (default: 8000)", show_default=False)
    ] = None,
    host: Annotated[str, typer.Option(help="监听地址 address to listen on")] = "127.0.0.1",
    detach: Annotated[bool, typer.Option("--detach", "-d", help="在后台运行 run in the background")] = False,
    empty: Annotated[bool, typer.Option("--empty", help="不载入演示数据 no demo data")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="显示各服务日志 show the services' logs")] = False,
) -> None:
    """启动全部服务；已在运行时只显示地址。Start everything; when it already runs, show the addresses."""
    from linkage_local import instance
    from linkage_local.console import Reporter, print_addresses
    from linkage_local.files import DataLock
    from linkage_local.state import DEFAULT_PORT, read_state, status
    from linkage_local.up import Options, require_port, run_in_foreground

    layout = Layout.of(data)
    layout.prepare()
    lock = DataLock(layout.lock)
    if not lock.acquire():
        url = instance.join(layout)["url"]
        if port is not None and not url.endswith(f":{port}"):
            print(f"已在 {url} 运行，--port 未生效（先 ./linkage down 再换端口）")
        print_addresses(status(layout))
        return
    instance.clear_leftovers(layout, keep_state=True)
    last = read_state(layout)
    options = Options(host, port if port is not None else DEFAULT_PORT, empty, verbose)
    require_port(options.host, options.port, patience=3 if last else 0)
    if not detach:
        layout.state.unlink(missing_ok=True)
        run_in_foreground(layout, options)
        return
    lock.release()
    words = ["--data", str(layout.data), "--port", str(options.port), "--host", host, *(["--empty"] if empty else [])]
    instance.start_detached(layout, words, Reporter().note)
    print_addresses(status(layout), instance.link_from_log(layout))


@app.command()
def down(data: Data = None) -> None:
    """停止全部服务。Stop everything."""
    from linkage_local.instance import stop_instance

    layout = Layout.of(data)
    stopped = layout.data.is_dir() and stop_instance(layout)
    print("已停止 stopped" if stopped else "没有运行 not running")


@app.command()
def status(data: Data = None, as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False) -> None:
    """各服务的状态、地址和演示账号。State of the services, addresses, demo accounts."""
    from linkage_local.console import print_status
    from linkage_local.state import status as current

    content = current(Layout.of(data))
    if as_json:
        print(json.dumps(content, ensure_ascii=False, indent=2))
    else:
        print_status(content)


@app.command()
def logs(
    names: Annotated[
        list[str] | None, typer.Argument(help="monitoring assets funds gateway postgres …", show_default=False)
    ] = None,
    data: Data = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="持续显示 keep showing")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="每个日志的行数 lines of each log")] = 40,
) -> None:
    """查看日志。Show logs."""
    from linkage_local import logs as log_files
    from linkage_local.commands import SERVICES

    layout = Layout.of(data)
    known = sorted(path.stem for path in layout.logs.glob("*.log")) if layout.logs.is_dir() else []
    chosen = names or [name for name in (*(s.short for s in SERVICES), "postgres", "supervisor") if name in known]
    for name in chosen:
        if name not in known:
            raise problem(f"没有名为 {name} 的日志，可选：{'、'.join(known) or '无'}", f"no log of that name: {name}")
    paths = {name: layout.log(name) for name in chosen}
    if follow:
        for name, line in log_files.follow(paths, lines):
            print(f"{name:<10} │ {line}", flush=True)
    for name, path in paths.items():
        for line in log_files.tail(path, lines):
            print(f"{name:<10} │ {line}")


@app.command("test")
def run_tests(
    suites: Annotated[
        list[str] | None,
        typer.Argument(help="lint unit service contract architecture web e2e faults", show_default=False),
    ] = None,
    data: Data = None,
    keyword: Annotated[str, typer.Option("-k", help="只运行名称匹配的测试 only tests whose names match")] = "",
) -> None:
    """运行测试；不指定时运行全部。Run the tests; all of them when no suite is named."""
    from linkage_local.testing.runner import run_suites

    raise typer.Exit(run_suites(Layout.of(data), suites or [], keyword))


@app.command()
def seed(
    scale: Annotated[int, typer.Option(min=1, help="生成多少个县 number of counties to generate")],
    data: Data = None,
) -> None:
    """生成压力测试数据。Generate N counties of demo data for load work."""
    from linkage_local.load import load_scale

    load_scale(Layout.of(data), scale)


@app.command(context_settings={"ignore_unknown_options": True})
def bench(
    name: Annotated[str, typer.Argument(help="benchmarks/ 下的名称 name of a file in benchmarks/")],
    words: Annotated[
        list[str] | None, typer.Argument(help="传给它的参数 its own arguments", show_default=False)
    ] = None,
    data: Data = None,
) -> None:
    """运行基准测试。Run a benchmark; options after its name are its own."""
    from linkage_local.bench import run_bench

    raise typer.Exit(run_bench(Layout.of(data), name, words or []))


@app.command()
def keys(
    data: Data = None,
    docker: Annotated[bool, typer.Option("--docker", help="生成 deploy/docker/linkage.env")] = False,
    force: Annotated[bool, typer.Option("--force", help="覆盖已有文件 replace an existing file")] = False,
) -> None:
    """生成密钥和口令。Make keys and passwords, for this data folder or for containers."""
    from linkage_local import keys as made
    from linkage_local.files import write_private
    from linkage_local.paths import DOCKER_ENVIRONMENT

    if docker:
        if DOCKER_ENVIRONMENT.exists() and not force:
            raise problem(
                f"{DOCKER_ENVIRONMENT} 已存在，覆盖后旧数据将无法读取；确要覆盖请加 --force", "it exists already"
            )
        write_private(DOCKER_ENVIRONMENT, made.docker_environment())
        print(f"已写入 {DOCKER_ENVIRONMENT}（0600），请另存一份备份 keep a copy of it")
        return
    layout = Layout.of(data)
    layout.prepare()
    made.ensure_secrets(layout)
    made.ensure_keys(layout)
    print(f"密钥在 {layout.keys}，口令在 {layout.secrets} keys and passwords are there")


@admin_app.command("create")
def admin_create(
    username: Annotated[str, typer.Option(help="登录名")],
    data: Data = None,
    region: Annotated[str, typer.Option(help="行政区划代码，空为全国 region code, empty for the nation")] = "",
    name: Annotated[str, typer.Option(help="姓名 (default: the username)", show_default=False)] = "",
    password: Annotated[
        str | None, typer.Option(help="不给则自动生成 generated when absent", show_default=False)
    ] = None,
) -> None:
    """新建系统管理员。Create a system administrator."""
    from linkage_local.admin import create_administrator

    create_administrator(Layout.of(data), username, name or username, password, region)


@admin_app.command("link")
def admin_link(data: Data = None) -> None:
    """打印第一位管理员的一次性链接。Print a one-time link for the first administrator."""
    from linkage_local.admin import print_first_admin_link

    print_first_admin_link(Layout.of(data))


@audit_app.command("verify")
def audit_verify(data: Data = None) -> None:
    """核验四个服务的审计链。Verify the audit chains of all services."""
    from linkage_local.admin import verify_audit

    raise typer.Exit(verify_audit(Layout.of(data)))


@app.command()
def provision(data: Data = None) -> None:
    """容器部署：在 DATABASE_URL 上建角色和模式并升级。Containers: roles, schemas, migrations."""
    del data  # passwords come from the environment there, not from a folder
    from linkage_local.containers import provision_from_environment

    provision_from_environment()


@app.command("build-web", hidden=True)
def build_web(data: Data = None) -> None:
    """Build the front end when its sources changed."""
    from linkage_local import node
    from linkage_local.child import PROGRESS_MARK

    layout = Layout.of(data)
    layout.logs.mkdir(parents=True, exist_ok=True)
    built = node.build(
        node.find_node(), layout.log("frontend-build"), lambda line: print(f"{PROGRESS_MARK}{line}", flush=True)
    )
    print("前端已构建 built" if built else "前端没有变化 nothing to do")


@app.command("load", hidden=True)
def load(what: str, data: Data = None) -> None:
    """Load demo data or regions into a migrated database; `up` calls it."""
    from linkage_local.load import load_first

    load_first(Layout.of(data), what)
