using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Simulator.Faults;

/// <summary>A fault plan, as docs/simulator.md describes it.</summary>
internal sealed record FaultPlan
{
    private static readonly JsonSerializerOptions Strict = new(FlowJson.Compact)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public static FaultPlan None { get; } = new();

    /// <summary>Of the probabilities.</summary>
    public long Seed { get; init; }
    public ImmutableArray<FaultRule> Rules { get; init; } = [];

    /// <exception cref="FlowException">InvalidInput: no JSON, an unknown property, a rule that means nothing.</exception>
    public static FaultPlan Parse(ReadOnlySpan<byte> json, string name)
    {
        try
        {
            FaultPlan plan = JsonSerializer.Deserialize<FaultPlan>(json, Strict) ?? None;
            for (int i = 0; i < plan.Rules.Length; i++)
            {
                if (plan.Rules[i].Problem() is { } wrong)
                {
                    throw Refused(name, $"rules[{i}]: {wrong}", line: null);
                }
            }

            return plan;
        }
        catch (JsonException e)
        {
            string problem = JsonFault.SentenceOf(e);
            throw Refused(name, e.Path is { Length: > 1 } path ? $"{path}: {problem}" : problem, e.LineNumber + 1);
        }
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, FlowJson.Indented);

    private static FlowException Refused(string name, string problem, long? line) => new(new Failure(
        FailureKind.InvalidInput,
        $"The fault plan is not usable: {problem}",
        "docs/simulator.md describes its properties.",
        new SourceLocation(name, line)));
}
