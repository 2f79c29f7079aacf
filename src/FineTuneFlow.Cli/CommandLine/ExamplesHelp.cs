using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace FineTuneFlow.Cli.CommandLine;

/// <summary>The library's help, followed by the command's examples.</summary>
internal sealed class ExamplesHelp(HelpAction help) : SynchronousCommandLineAction
{
    /// <summary>Who asks for help has not given the rest yet.</summary>
    public override bool ClearsParseErrors => true;

    public static void AddTo(RootCommand root)
    {
        HelpOption option = root.Options.OfType<HelpOption>().Single();
        option.Action = new ExamplesHelp((HelpAction)option.Action!);
    }

    public override int Invoke(ParseResult parseResult)
    {
        int code = help.Invoke(parseResult);
        Command command = parseResult.CommandResult.Command;
        if (CommandExamples.All.TryGetValue(command is RootCommand ? "ftf" : command.Name, out string[]? examples))
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (string example in examples)
            {
                output.WriteLine($"  {example}");
            }

            output.WriteLine();
        }

        return code;
    }
}
