using System.Diagnostics;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;

namespace FineTuneFlow.Engine.Replay;

/// <summary>What is recorded of an exception.</summary>
internal static class FailureOf
{
    public static Failure Exception(Exception exception, string step) => KnownFailure.Of(exception, step) ?? exception switch
    {
        OperationCanceledException => new Failure(FailureKind.Cancelled, $"{step} was cancelled"),
        // The message of a foreign exception may quote the data that it stumbled over, and history must hold none of it.
        _ => new Failure(
            FailureKind.Internal, $"{step}: {exception.GetType().Name}{Place(exception)}", "This is a defect: report it with this line"),
    };

    private static string Place(Exception exception)
    {
        foreach (StackFrame frame in new StackTrace(exception, fNeedFileInfo: true).GetFrames())
        {
            if (frame.GetMethod() is { DeclaringType: { } type } method && type.Namespace?.StartsWith("System", StringComparison.Ordinal) != true)
            {
                string line = frame.GetFileLineNumber() is > 0 and int number ? $", line {number}" : "";
                return $" in {type.FullName}.{method.Name}{line}";
            }
        }

        return "";
    }
}
