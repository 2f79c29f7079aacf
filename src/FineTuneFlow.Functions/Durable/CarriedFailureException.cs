using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Functions.Durable;

/// <summary>What a function throws for a failure. It has no inner exception, as the host would write that one's text, which may
/// quote data, into history and logs.</summary>
internal sealed class CarriedFailureException(Failure failure) : Exception(FailureText.Write(failure));
