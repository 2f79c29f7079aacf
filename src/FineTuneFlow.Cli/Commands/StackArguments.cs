using System.CommandLine;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Cli.Stack;

namespace FineTuneFlow.Cli.Commands;

/// <summary>The options that say where the local stack runs.</summary>
internal sealed class StackArguments
{
    private readonly Option<int> _port = Port("--port", "Port of the host.", 7071);
    private readonly Option<int> _simulator = Port("--simulator-port", "Port of the simulator.", 7072);
    private readonly Option<int> _storage = Port("--storage-port", "Port of the storage emulator.", 10000);
    private readonly Option<StackStorage?> _store = new("--storage")
    {
        Description = "What to store on: files (in the state folder), azurite (the storage emulator, which needs Node.js) or account (the one of the settings); else what the settings say, or files.",
        HelpName = "KIND",
    };
    private readonly Option<string?> _settings = new("--settings") { Description = "Settings file; else local.settings.json of the repository, if there is one.", HelpName = "FILE" };

    public void AddTo(Command command)
    {
        command.Add(_port);
        command.Add(_simulator);
        command.Add(_storage);
        command.Add(_store);
        command.Add(_settings);
    }

    public StackOptions Read(CommandCall call) => new(
        StackPaths.Home, call.Get(_port), call.Get(_simulator), call.Get(_storage), call.Get(_store),
        call.Get(_settings) is { } file ? Path.GetFullPath(RecipeFile.Existing(file, "settings")) : null);

    private static Option<int> Port(string name, string description, int without)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => without, HelpName = "PORT" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, out int value) && value is > 0 and < 65536))
            {
                result.AddError($"{name}: \"{token.Value}\" is not a port; give 1 to 65535");
            }
        });
        return option;
    }
}
