namespace FineTuneFlow.Core.Failures;

/// <summary>The product's one exception: it carries a <see cref="Failures.Failure"/>.</summary>
public sealed class FlowException : Exception
{
    public FlowException(Failure failure, Exception? inner = null)
        : base(failure.ToString(), inner) => Failure = failure;

    public FlowException(FailureKind kind, string message, string? remedy = null, Exception? inner = null)
        : this(new Failure(kind, message, remedy), inner)
    {
    }

    public Failure Failure { get; }
}
