using System.CommandLine;
using FineTuneFlow.Cli.CommandLine;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf completion</c>: what a shell needs to complete commands and options.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # eval "$(ftf completion bash)"
        _ftf_complete() {
          local IFS=$'\n'
          COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _ftf_complete ftf ./ftf
        """;

    private const string Zsh = """
        # eval "$(ftf completion zsh)"
        _ftf_complete() {
          local -a found
          found=("${(@f)$("${words[1]}" "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
          compadd -- "${found[@]}" || _files
        }
        compdef _ftf_complete ftf ./ftf
        """;

    private const string PowerShell = """
        # ftf completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName ftf -ScriptBlock {
          param($word, $ast, $position)
          & ftf "[suggest:$position]" "$ast" 2>$null | ForEach-Object {
            [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
          }
        }
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or pwsh.", HelpName = "SHELL" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "pwsh");
        return new Command("completion", "Write the completion for a shell.") { shell }.Runs(
            call =>
            {
                call.Terminal.Line(call.Get(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => PowerShell });
                return Task.FromResult(ExitCode.Ok);
            },
            answers: false);
    }
}
