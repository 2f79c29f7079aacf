using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Providers.Profiles;

/// <summary>A profile must not contradict itself: what it says of one thing must fit what it says of another.</summary>
internal static class ProfileRules
{
    private static readonly ImmutableSortedSet<string> Ours = ImmutableSortedSet.Create(
        StringComparer.Ordinal, "model", "training_file", "validation_file", "suffix", "seed", "metadata", "method", "hyperparameters");

    /// <exception cref="FlowException">InvalidInput, naming the setting and the one that it contradicts.</exception>
    public static void Check(ServiceProfile profile, string place)
    {
        Refuse(profile.FiltersByMetadata && !profile.KeepsMetadata, place, "FiltersByMetadata",
            "is true while KeepsMetadata is false: what is not kept cannot be filtered by", "Set it to false");
        Refuse(profile.Batches && !profile.KeepsMetadata, place, "Batches",
            "is true while KeepsMetadata is false: a batch whose answer was lost could not be found again", "Set it to false");
        Refuse(profile.DefaultTier is { } tier && !profile.Tiers.ContainsKey(tier), place, "DefaultTier",
            $"is {profile.DefaultTier}, which Tiers does not list", "Add the service's word for it to Tiers");
        Refuse(profile.Tiers.Count > 0 && profile.TierField is null, place, "TierField",
            "is not set while Tiers lists words", "Name the body's field for the tier, such as trainingType");
        Refuse(profile.Tiers.Count == 0 && profile.TierField is not null, place, "Tiers", "is empty while TierField is set", "List the service's words, or remove TierField");
        Refuse(profile.AnswerLimitField is not ("max_tokens" or "max_completion_tokens"), place, "AnswerLimitField",
            $"is \"{profile.AnswerLimitField}\"", "Give max_tokens or max_completion_tokens");
        HyperparameterFields fields = profile.Hyperparameters;
        string[] names = [fields.Epochs, fields.BatchSize, fields.LearningRate, .. fields.Extra.Keys];
        Refuse(names.Distinct(StringComparer.Ordinal).Count() < names.Length, place, "Hyperparameters",
            $"gives one name to two fields ({string.Join(", ", names)})", "Give each its own name");
        Refuse(names.Any(string.IsNullOrWhiteSpace), place, "Hyperparameters", "gives an empty name to a field", "Name it, or leave it out");
        string? taken = profile.BodyFields.Keys.FirstOrDefault(name => Ours.Contains(name) || name == profile.TierField);
        Refuse(taken is not null, place, $"BodyFields:{taken}", "is written by the product itself", "Remove it");
        Refuse(profile.Deployment?.Formats.Values.Any(string.IsNullOrWhiteSpace) == true, place, "Deployment:Formats", "has an empty format", "Name the maker's format, such as Microsoft");
    }

    private static void Refuse(bool wrong, string place, string setting, string what, string remedy)
    {
        if (wrong)
        {
            throw SettingReader.Wrong($"{place}:{setting}", what, remedy);
        }
    }
}
