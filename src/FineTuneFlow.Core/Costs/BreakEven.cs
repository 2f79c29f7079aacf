using System.Collections.Immutable;

namespace FineTuneFlow.Core.Costs;

/// <summary>From how many calls on one option is cheaper than another: where FixedUsd + UsdPerCall · calls are equal.</summary>
/// <param name="Dear">Cheaper below <paramref name="Calls"/>: less to begin with, more a call.</param>
/// <param name="Cheap">Cheaper above it. Where <paramref name="Calls"/> is 0, cheaper from the first call on.</param>
/// <param name="Calls">The volume at which both cost the same.</param>
public sealed record BreakEven(string Dear, string Cheap, double Calls)
{
    /// <summary>The break-even volume of two options over so many days; null where both cost the same at every volume.</summary>
    /// <param name="a">One.</param>
    /// <param name="b">The other.</param>
    /// <param name="days">How long what is paid by the day is paid.</param>
    public static BreakEven? Of(ServiceOption a, ServiceOption b, double days = 0)
    {
        (double fixedA, double fixedB) = (a.Total(0, days), b.Total(0, days));
        (double callA, double callB) = (a.UsdPerCall, b.UsdPerCall);
        if (fixedA == fixedB && callA == callB)
        {
            return null;
        }

        if (callA == callB || (fixedA <= fixedB) == (callA <= callB))
        {
            bool first = callA < callB || (callA == callB && fixedA < fixedB);
            return new BreakEven(first ? b.Name : a.Name, first ? a.Name : b.Name, 0);
        }

        double calls = (fixedB - fixedA) / (callA - callB);
        return callA > callB ? new BreakEven(a.Name, b.Name, calls) : new BreakEven(b.Name, a.Name, calls);
    }

    /// <summary>Every pair of options.</summary>
    public static ImmutableArray<BreakEven> OfAll(IReadOnlyList<ServiceOption> options, double days = 0) =>
        [.. from i in Enumerable.Range(0, options.Count)
            from j in Enumerable.Range(i + 1, options.Count - i - 1)
            let point = Of(options[i], options[j], days)
            where point is not null
            select point];
}
