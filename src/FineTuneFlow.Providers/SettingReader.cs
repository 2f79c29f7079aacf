using System.Collections.Immutable;
using System.Globalization;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;
using Microsoft.Extensions.Configuration;

namespace FineTuneFlow.Providers;

/// <summary>Reads single settings strictly: what is wrong is told with its name and what it may be.</summary>
internal static class SettingReader
{
    /// <exception cref="FlowException">InvalidInput: the section has a child that is not known.</exception>
    public static void Check(IConfigurationSection section, ImmutableSortedSet<string> known)
    {
        foreach (IConfigurationSection setting in section.GetChildren())
        {
            if (!known.Contains(setting.Key))
            {
                throw Wrong(setting.Path, "does not exist", $"There are: {string.Join(", ", known)}");
            }
        }
    }

    public static string Needed(IConfigurationSection section, string name) =>
        section[name] is { Length: > 0 } value ? value : throw Wrong($"{section.Path}:{name}", "is not set", "Set it, or leave the whole section out");

    public static int? Number(IConfigurationSection section, string name, int from, int to)
    {
        string? text = section[name];
        return text is null
            ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= from && number <= to
                ? number
                : throw Wrong($"{section.Path}:{name}", $"is \"{text}\"", $"Give a whole number from {from} to {to}");
    }

    public static bool Truth(IConfigurationSection section, string name, bool without) => section[name] is not { } text
        ? without
        : bool.TryParse(text, out bool truth) ? truth : throw Wrong($"{section.Path}:{name}", $"is \"{text}\"", "Give true or false");

    public static T? Choice<T>(IConfigurationSection section, string name)
        where T : struct, Enum =>
        section[name] is null ? null : Choice<T>($"{section.Path}:{name}", section[name]);

    /// <param name="path">Of the setting, for messages.</param>
    /// <param name="text">Its value; null: none.</param>
    public static T? Choice<T>(string path, string? text)
        where T : struct, Enum => text is null
            ? null
            : !int.TryParse(text, out _) && Enum.TryParse(text, ignoreCase: true, out T value)
                ? value
                : throw Wrong(path, $"is \"{text}\"", $"Give one of: {string.Join(", ", Enum.GetValues<T>().Select(Camel))}");

    public static string Camel<T>(T value)
        where T : struct, Enum =>
        value is ProviderKind.OpenAI ? "openai" : char.ToLowerInvariant(value.ToString()[0]) + value.ToString()[1..];

    public static FlowException Wrong(string path, string what, string remedy) =>
        new(new Failure(FailureKind.InvalidInput, $"The setting {what}", remedy, Field: SettingNames.Written(path)));
}
