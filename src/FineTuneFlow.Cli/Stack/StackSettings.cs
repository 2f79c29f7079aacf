using FineTuneFlow.Core.Failures;
using FineTuneFlow.Local.Settings;

namespace FineTuneFlow.Cli.Stack;

/// <summary>Which services the settings ask for: storage on this machine where no account is named, the simulator where a provider
/// is one of ours on this machine, or where none is configured.</summary>
/// <param name="File">The settings file, if there is one.</param>
/// <param name="Storage">What is stored on.</param>
/// <param name="SimulatorNames">Providers that the simulator stands behind.</param>
internal sealed record StackSettings(string? File, StackStorage Storage, IReadOnlyList<string> SimulatorNames)
{
    /// <param name="named">The settings file that was named; null: that of the repository, where there is one.</param>
    /// <param name="chosen">The storage that was asked for; null: what the settings say.</param>
    public static StackSettings Read(string? named, StackStorage? chosen = null)
    {
        string file = named ?? Path.Combine(StackPaths.Root, SettingsFile.DefaultName);
        Dictionary<string, string?> values = named is not null || System.IO.File.Exists(file) ? SettingsFile.Read(file) : [];
        string storage = Value(values, "Datasets") ?? "UseDevelopmentStorage=true";
        bool addressed = Value(values, "Datasets:blobServiceUri") is not null;
        string[] providers = [.. values.Keys.Where(key => key.StartsWith("Providers:", StringComparison.OrdinalIgnoreCase)).Select(key => key.Split(':')[1]).Distinct()];
        string[] simulators = providers.Length == 0
            ? ["simulator"]
            : [.. providers.Where(name => string.Equals(Value(values, $"Providers:{name}:Kind"), "simulator", StringComparison.OrdinalIgnoreCase)
                && (Value(values, $"Providers:{name}:BaseAddress") is not { } address || IsHere(address, name)))];
        return new StackSettings(
            System.IO.File.Exists(file) ? file : null,
            chosen ?? (addressed || storage != "UseDevelopmentStorage=true" ? StackStorage.Account : StackStorage.Files),
            simulators);
    }

    private static bool IsHere(string address, string provider) => Uri.TryCreate(address, UriKind.Absolute, out Uri? uri)
        ? uri.IsLoopback
        : throw new FlowException(new Failure(
            FailureKind.InvalidInput, $"\"{address}\" is not an address", "Write it like http://127.0.0.1:7072/v1/.", Field: $"Providers__{provider}__BaseAddress"));

    private static string? Value(Dictionary<string, string?> values, string name) =>
        Environment.GetEnvironmentVariable(name.Replace(":", "__", StringComparison.Ordinal)) is { Length: > 0 } set ? set : values.GetValueOrDefault(name);
}
