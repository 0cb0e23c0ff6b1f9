"""`session-ledger completion SHELL`: the script that makes TAB work."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from cli.registry import COMPLETION_VARIABLE, PROGRAM

INSTALL = {
    "bash": f"{PROGRAM} completion bash > ~/.local/share/bash-completion/completions/{PROGRAM}",
    "zsh": f'{PROGRAM} completion zsh > "${{fpath[1]}}/_{PROGRAM}"',
    "fish": f"{PROGRAM} completion fish > ~/.config/fish/completions/{PROGRAM}.fish",
}


@click.command(epilog="\b\n" + "\n".join(f"{shell}:  {line}" for shell, line in INSTALL.items()))
@click.argument("shell", type=click.Choice(list(INSTALL)))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script of a shell; install it once with the line below.

    PowerShell and cmd have none.

    \b
    Example:
      session-ledger completion bash
    """
    scripted = get_completion_class(shell)
    if scripted is None:  # pragma: no cover - Click ships all three
        raise click.UsageError(f"no completion for {shell}")
    click.echo(scripted(ctx.find_root().command, {}, PROGRAM, COMPLETION_VARIABLE).source())
