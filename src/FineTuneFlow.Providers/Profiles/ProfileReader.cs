using System.Collections.Immutable;
using System.Globalization;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Ports;
using Microsoft.Extensions.Configuration;

namespace FineTuneFlow.Providers.Profiles;

/// <summary>Reads a profile: the built-in one of its name with the settings' own values over it. Built-in files and overrides are
/// checked by the same rules.</summary>
internal static class ProfileReader
{
    private static readonly ImmutableSortedSet<string> Known = ImmutableSortedSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "AsOf", "Source", "Kind", "PriceKey", "BaseAddress", "Page", "Wire", "Trains", "KeepsMetadata", "FiltersByMetadata", "TakesSeed", "ServedCheckpoints", "Batches", "SuffixLength",
        "Hyperparameters", "TierField", "Tiers", "DefaultTier", "States", "BodyFields", "ProcessesFiles", "ByteOrderMark", "AnswerLimitField", "CountsLogProbabilities", "UploadRoute",
        "Deployment");

    private static readonly ImmutableSortedSet<string> KnownOfHyperparameters = ImmutableSortedSet.Create(
        StringComparer.OrdinalIgnoreCase, "Place", "Epochs", "BatchSize", "LearningRate", "RateOfOne", "WritesAuto", "Extra");

    private static readonly ImmutableSortedSet<string> KnownOfDeployment = ImmutableSortedSet.Create(
        StringComparer.OrdinalIgnoreCase, "Sku", "MakersSku", "Formats", "Format", "ClassicVersion", "PauseAfterRemovalSeconds");

    /// <param name="name">Of the built-in profile.</param>
    /// <param name="overrides">The settings' section; its children go before the built-in values.</param>
    /// <exception cref="FlowException">InvalidInput, naming the setting and what it may be.</exception>
    public static ServiceProfile Read(string name, IConfigurationSection overrides)
    {
        if (!BuiltInProfiles.Names.Contains(name))
        {
            throw SettingReader.Wrong(overrides.Path, $"is \"{name}\", which names no profile", $"Give one of: {string.Join(", ", BuiltInProfiles.Names)}");
        }

        string place = overrides.Path;
        IConfigurationSection values = new ConfigurationBuilder()
            .AddInMemoryCollection(BuiltInProfiles.ValuesOf(name).Select(pair => KeyValuePair.Create($"{place}:{pair.Key}", pair.Value)))
            .AddInMemoryCollection(overrides.AsEnumerable().Where(pair => pair.Value is not null && pair.Key != place))
            .Build().GetSection(place);
        SettingReader.Check(values, Known);
        var profile = new ServiceProfile
        {
            Name = name,
            AsOf = DateOnly.TryParseExact(values["AsOf"], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly asOf)
                ? asOf
                : throw SettingReader.Wrong($"{place}:AsOf", $"is \"{values["AsOf"]}\"", "Give the day of the facts, such as 2026-11-28"),
            Kind = SettingReader.Choice<ProviderKind>(values, "Kind") ?? ProviderKind.OpenAI,
            PriceKey = SettingReader.Needed(values, "PriceKey"),
            BaseAddress = values["BaseAddress"] is not { } text ? null : Uri.TryCreate(text, UriKind.Absolute, out Uri? address)
                ? address
                : throw SettingReader.Wrong($"{place}:BaseAddress", $"is \"{text}\", which is not an address", "Set the provider's BaseAddress instead"),
            Page = Page(values["Page"], place),
            Wire = SettingReader.Choice<JobWireFormat>(values, "Wire") ?? JobWireFormat.OpenAI,
            Trains = SettingReader.Truth(values, "Trains", true),
            KeepsMetadata = SettingReader.Truth(values, "KeepsMetadata", true),
            FiltersByMetadata = SettingReader.Truth(values, "FiltersByMetadata", true),
            TakesSeed = SettingReader.Truth(values, "TakesSeed", true),
            ServedCheckpoints = SettingReader.Number(values, "ServedCheckpoints", 0, 50) ?? 3,
            Batches = SettingReader.Truth(values, "Batches", true),
            SuffixLength = SettingReader.Number(values, "SuffixLength", 8, 64) ?? 40,
            Hyperparameters = Hyperparameters(values.GetSection("Hyperparameters")),
            TierField = values["TierField"] is { Length: > 0 } field ? field : null,
            Tiers = Tiers(values.GetSection("Tiers")),
            DefaultTier = SettingReader.Choice<TrainingTier>(values, "DefaultTier"),
            States = States(values.GetSection("States")),
            BodyFields = Fields(values.GetSection("BodyFields")),
            ProcessesFiles = SettingReader.Truth(values, "ProcessesFiles", false),
            ByteOrderMark = SettingReader.Truth(values, "ByteOrderMark", false),
            CountsLogProbabilities = SettingReader.Truth(values, "CountsLogProbabilities", false),
            UploadRoute = values["UploadRoute"] is { Length: > 0 } route ? route.TrimStart('/') : "files",
            AnswerLimitField = values["AnswerLimitField"] ?? "max_tokens",
            Deployment = Deployment(values.GetSection("Deployment")),
        };
        ProfileRules.Check(profile, place);
        return profile;
    }

    /// <summary>A person's browser opens it, so that nothing but a web page may stand there.</summary>
    private static Uri? Page(string? text, string place) => text is not { Length: > 0 } ? null
        : Uri.TryCreate(text, UriKind.Absolute, out Uri? page) && page.Scheme is "https" or "http"
            ? page
            : throw SettingReader.Wrong($"{place}:Page", $"is \"{text}\", which is not a web page's address", "Give one that begins with https://, or leave it out");

    private static HyperparameterFields Hyperparameters(IConfigurationSection section)
    {
        SettingReader.Check(section, KnownOfHyperparameters);
        var standard = new HyperparameterFields();
        return new HyperparameterFields
        {
            Place = SettingReader.Choice<HyperparameterPlace>(section, "Place") ?? standard.Place,
            Epochs = section["Epochs"] ?? standard.Epochs,
            BatchSize = section["BatchSize"] ?? standard.BatchSize,
            LearningRate = section["LearningRate"] ?? standard.LearningRate,
            RateOfOne = section["RateOfOne"] is { Length: > 0 } rate
                ? double.TryParse(rate, NumberStyles.Float, CultureInfo.InvariantCulture, out double one) && one is > 0 and <= 1
                    ? one
                    : throw SettingReader.Wrong($"{section.Path}:RateOfOne", $"is \"{rate}\"", "Give the learning rate that a multiplier of 1 stands for, such as 2e-5")
                : null,
            WritesAuto = SettingReader.Truth(section, "WritesAuto", standard.WritesAuto),
            Extra = Fields(section.GetSection("Extra")),
        };
    }

    private static DeploymentProfile? Deployment(IConfigurationSection section)
    {
        if (!section.Exists())
        {
            return null;
        }

        SettingReader.Check(section, KnownOfDeployment);
        return new DeploymentProfile
        {
            Sku = SettingReader.Needed(section, "Sku"),
            MakersSku = section["MakersSku"] is { Length: > 0 } sku ? sku : null,
            Formats = section.GetSection("Formats").GetChildren().ToImmutableSortedDictionary(one => one.Key, one => one.Value ?? "", StringComparer.OrdinalIgnoreCase),
            Format = section["Format"] ?? "OpenAI",
            ClassicVersion = section["ClassicVersion"] is { Length: > 0 } version ? version : null,
            PauseAfterRemoval = TimeSpan.FromSeconds(SettingReader.Number(section, "PauseAfterRemovalSeconds", 0, 600) ?? 0),
        };
    }

    private static ImmutableSortedDictionary<TrainingTier, string> Tiers(IConfigurationSection section) => section.GetChildren()
        .ToImmutableSortedDictionary(one => SettingReader.Choice<TrainingTier>(one.Path, one.Key)!.Value, one => one.Value ?? "");

    private static ImmutableSortedDictionary<string, JobState> States(IConfigurationSection section) => section.GetChildren()
        .ToImmutableSortedDictionary(one => one.Key.ToLowerInvariant(), one => SettingReader.Choice<JobState>(one.Path, one.Value)!.Value, StringComparer.Ordinal);

    /// <summary>Values are JSON; what is none is a text.</summary>
    private static ImmutableSortedDictionary<string, string> Fields(IConfigurationSection section) => section.GetChildren()
        .ToImmutableSortedDictionary(one => one.Key, one => JsonValueText.Of(one.Value ?? ""), StringComparer.Ordinal);
}
