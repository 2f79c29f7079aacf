using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Api.Http;

/// <summary>Problem details (RFC 9457) with our own members.</summary>
/// <param name="Type"><c>urn:finetuneflow:</c> and the kind.</param>
/// <param name="Title">What is wrong, in one sentence.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Instance">The path that was asked.</param>
/// <param name="Kind">The failure's kind.</param>
/// <param name="Field">The field of the request, recipe or setting.</param>
/// <param name="Location">The place in an input file.</param>
/// <param name="Remedy">What the caller can do.</param>
public sealed record ProblemBody(
    string Type, string Title, int Status, string? Instance, FailureKind Kind, string? Field, SourceLocation? Location, string? Remedy)
{
    /// <summary>What a client of ours throws when it is given this.</summary>
    public FlowException ToException() => new(new Failure(Kind, Title, Remedy, Location, Field));
}
