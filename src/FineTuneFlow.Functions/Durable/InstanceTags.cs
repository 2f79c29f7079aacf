namespace FineTuneFlow.Functions.Durable;

/// <summary>What an instance is marked with, as its metadata tell neither version nor parent. Backends that keep no tags lose
/// only what queries show.</summary>
internal static class InstanceTags
{
    public const string Version = "finetuneflow.version";
    public const string Parent = "finetuneflow.parent";

    public static Dictionary<string, string> Of(string version, string? parent = null)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal) { [Version] = version };
        if (parent is not null)
        {
            tags[Parent] = parent;
        }

        return tags;
    }
}
