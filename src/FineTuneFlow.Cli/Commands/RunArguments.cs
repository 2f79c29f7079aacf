using System.CommandLine;
using FineTuneFlow.Cli.Client;

namespace FineTuneFlow.Cli.Commands;

/// <summary>What the commands about runs have in common.</summary>
internal static class RunArguments
{
    public static Argument<string> Id() => new("id") { Description = "The run's id, as ftf runs shows it; its beginning is enough where only one run has it." };

    public static Option<Uri?> Host() => new("--host")
    {
        Description = "Address of the host; else FTF_HOST, else the local stack.",
        HelpName = "URL",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (HostClient.AddressOf(text) is { } address)
            {
                return address;
            }

            result.AddError($"--host: \"{text}\" is not an address such as http://127.0.0.1:7071");
            return null;
        },
    };
}
