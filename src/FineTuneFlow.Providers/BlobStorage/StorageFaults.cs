using Azure;
using Azure.Identity;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Providers.BlobStorage;

/// <summary>What the storage service's answers mean, in one table.</summary>
internal static class StorageFaults
{
    public static bool IsFault(Exception thrown) =>
        thrown is RequestFailedException or AuthenticationFailedException or AggregateException or IOException or HttpRequestException
            or TimeoutException;

    /// <summary>While a blob is being read, "changed" and "gone" both mean that its owner replaced it.</summary>
    public static FlowException WhileReading(Exception fault, string path) =>
        fault is RequestFailedException { Status: 404 or 412 }
            ? new FlowException(
                FailureKind.DropChanged,
                $"{path} was overwritten or deleted while it was read",
                "Leave a dropped file alone until its run has prepared it; the new content is a drop of its own",
                fault)
            : Of(fault, path);

    public static FlowException Of(Exception fault, string path)
    {
        RequestFailedException? answer = fault as RequestFailedException
            ?? (fault as AggregateException)?.InnerExceptions.OfType<RequestFailedException>().LastOrDefault();
        (FailureKind kind, string what, string? remedy) = (answer?.Status, answer?.ErrorCode) switch
        {
            (null, _) when fault is AuthenticationFailedException => (FailureKind.Unauthenticated,
                "no credential for the storage account was found", "Sign in (az login), or set Datasets__credential and Datasets__clientId"),
            (null or 0, _) => (FailureKind.Unavailable,
                "the storage account did not answer", "Check the setting Datasets, and that Azurite runs where it names the development storage"),
            (401, _) or (403, "AuthenticationFailed" or "InvalidAuthenticationInfo") => (FailureKind.Unauthenticated,
                "the storage account refused the credentials", "Check the setting Datasets"),
            (403, _) => (FailureKind.Forbidden,
                "the storage account does not allow it", "Check the key in the setting Datasets, or give this identity the role Storage Blob Data Owner"),
            (404, _) => (FailureKind.NotFound, "it is not there", null),
            // Another writer's commit throws away the blocks that this one had staged.
            (409 or 412, _) or (400, "InvalidBlockList") => (FailureKind.Conflict, "it exists already or has changed", null),
            (408 or 429 or >= 500, _) => (FailureKind.Unavailable, $"the storage account answered {answer!.Status}", null),
            _ => (FailureKind.Internal, $"the storage account answered {answer!.Status} {answer.ErrorCode}", null),
        };
        return new FlowException(kind, $"{path}: {what}", remedy, fault);
    }
}
