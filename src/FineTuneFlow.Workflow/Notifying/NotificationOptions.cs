using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using Microsoft.Extensions.Configuration;

namespace FineTuneFlow.Workflow.Notifying;

/// <summary>Where notifications go: the settings under <c>Notifications</c>.</summary>
/// <param name="Url">A webhook's address; null: nobody is notified.</param>
/// <param name="Secret">By which calls are signed (Standard Webhooks: <c>whsec_</c> and base64); null: they are not.</param>
/// <param name="Events">Which are told.</param>
/// <param name="IdleNights">After how many nights without a run in a row that is told.</param>
/// <param name="BudgetShare">Share of a run's budget from which its spending is told, 0 to 1.</param>
public sealed record NotificationOptions(Uri? Url, string? Secret, ImmutableArray<NotificationEvent> Events, int IdleNights, double BudgetShare)
{
    public static NotificationOptions None { get; } = new(null, null, [.. Enum.GetValues<NotificationEvent>()], 3, 0.8);

    /// <exception cref="FlowException">InvalidInput: a setting is wrong.</exception>
    public static NotificationOptions Of(IConfiguration settings)
    {
        IConfigurationSection section = settings.GetSection("Notifications");
        string? url = section["Url"];
        Uri? address = null;
        if (url is not null && (!Uri.TryCreate(url, UriKind.Absolute, out address) || address.Scheme is not ("https" or "http")))
        {
            throw Wrong("Notifications:Url", "it is not an http or https address", "Give the address of the webhook");
        }

        string? secret = section["Secret"];
        if (secret is not null && !Convert.TryFromBase64String(secret.StartsWith("whsec_", StringComparison.Ordinal) ? secret[6..] : secret, new byte[secret.Length], out _))
        {
            throw Wrong("Notifications:Secret", "it is not whsec_ and base64", "Make one: echo whsec_$(head -c 24 /dev/urandom | base64)");
        }

        return new NotificationOptions(
            address,
            secret,
            section["Events"] is { Length: > 0 } events ? [.. events.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Event)] : None.Events,
            section["IdleNights"] is { } nights ? int.TryParse(nights, out int count) && count > 0 ? count : throw Wrong("Notifications:IdleNights", "it is not a whole number of at least 1", null) : None.IdleNights,
            None.BudgetShare);
    }

    private static NotificationEvent Event(string name) => Enum.TryParse(name, ignoreCase: true, out NotificationEvent known) && Enum.IsDefined(known)
        ? known
        : throw Wrong(
            "Notifications:Events",
            $"there is no event \"{name}\"",
            NearestName.Of(name, Enum.GetNames<NotificationEvent>()) is { } near ? $"Did you mean {near}?" : $"There are {string.Join(", ", Enum.GetNames<NotificationEvent>())}");

    private static FlowException Wrong(string field, string message, string? remedy) =>
        new(new Failure(FailureKind.InvalidInput, $"{field}: {message}", remedy, Field: field));
}

/// <summary>What people are told of.</summary>
public enum NotificationEvent
{
    ApprovalWaits,
    RunEnded,
    /// <summary>A night could not be looked at, or began no run for several nights.</summary>
    Night,
    Drift,
    /// <summary>The champion's base model ends in 30, 14 or 3 days.</summary>
    BaseEnds,
    BudgetNearlySpent,
}
