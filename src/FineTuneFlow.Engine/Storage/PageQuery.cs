using System.Globalization;
using FineTuneFlow.Durable;

namespace FineTuneFlow.Engine.Storage;

/// <summary>How a page of instances is asked for: SQLite has no statistics of these tables, so the index is chosen here, by what the few are
/// known by.</summary>
internal sealed class PageQuery
{
    private readonly List<string> _conditions = [];
    private readonly List<Value> _values = [];

    private PageQuery()
    {
    }

    public string Sql { get; private set; } = "";

    public Value[] Values { get; private set; } = [];

    /// <param name="query">What is asked for.</param>
    /// <param name="after">Where the page before ended; null: this is the first.</param>
    /// <param name="read">Tells how many there are of something.</param>
    /// <param name="few">So many are rather sorted than met in the order of time.</param>
    public static PageQuery Of(InstanceQuery query, (long CreatedAt, long Key)? after, ReadStatements read, int few)
    {
        var page = new PageQuery();
        page.Filter(query, after);
        bool byId = false;
        if (query.IdPrefix is { Length: > 0 } prefix)
        {
            // Of few, all are found by their ids and sorted; of many, the newest are soon met in the order of time.
            string end = prefix + "\U0010FFFF";
            byId = !read.AreMany(prefix, end, few);
            string id = byId ? "i.id" : "+i.id";
            page.Where($"{id} >= ? AND {id} < ?", prefix, end);
        }

        page.Where(StatusCondition(query));
        if (!byId && Endings(query) is { } endings)
        {
            page.Complete(query, "instances_by_ending", [.. endings.Select(ending => ($"i.status >= {(int)InstanceStatus.Completed} AND {EngineSchema.Ending} = ?", ending))]);
        }
        else
        {
            bool byOpen = !byId && query.Statuses.Length > 0 && query.Statuses.All(status => status < InstanceStatus.Completed) && !read.AreManyOpen(few);
            page.Complete(query, byOpen ? "instances_open" : null, [(byOpen ? $"i.status < {(int)InstanceStatus.Completed}" : null, null)]);
        }

        return page;
    }

    /// <summary>The ways of ending that are asked for, when those are what the few are known by.</summary>
    private static Value[]? Endings(InstanceQuery query)
    {
        bool completed = query.Statuses.Contains(InstanceStatus.Completed);
        // Most complete: without an outcome they are soon met in the order of time.
        if (!query.RootsOnly || query.Statuses.IsDefaultOrEmpty || query.Statuses.Any(status => status < InstanceStatus.Completed) || (completed && query.Outcome is null))
        {
            return null;
        }

        return [.. query.Statuses.Distinct().Select(status => status == InstanceStatus.Completed ? (Value)query.Outcome : (int)status)];
    }

    private static string? StatusCondition(InstanceQuery query) =>
        query.Statuses.IsDefaultOrEmpty ? null : $"i.status IN ({string.Join(',', query.Statuses.Select(s => ((int)s).ToString(CultureInfo.InvariantCulture)))})";

    private void Filter(InstanceQuery query, (long CreatedAt, long Key)? after)
    {
        if (query.Orchestration is { } name)
        {
            Where("i.name = ?", name);
        }

        if (query.CreatedFrom is { } from)
        {
            Where("i.created_at >= ?", from.UtcTicks);
        }

        if (query.CreatedTo is { } to)
        {
            Where("i.created_at <= ?", to.UtcTicks);
        }

        if (query.CustomStatusContains is { Length: > 0 } part)
        {
            Where("instr(i.custom_status, ?) > 0", part);
        }

        if (query.Outcome is { Length: > 0 } outcome)
        {
            Where($"(i.status <> {(int)InstanceStatus.Completed} OR {EngineSchema.Ending} = ?)", outcome);
        }

        if (query.RootsOnly)
        {
            Where("i.parent IS NULL");
        }

        if (after is { } place)
        {
            Where("(i.created_at, i.key) < (?, ?)", place.CreatedAt, place.Key);
        }
    }

    private void Where(string? condition, params ReadOnlySpan<Value> values)
    {
        if (condition is not null)
        {
            _conditions.Add(condition);
            _values.AddRange(values);
        }
    }

    /// <summary>Each arm is met in the order of time by itself, and SQLite merges them.</summary>
    private void Complete(InstanceQuery query, string? index, (string? Condition, Value? Value)[] arms)
    {
        Sql = string.Join(" UNION ALL ", arms.Select(arm =>
        {
            string[] all = [.. _conditions, .. arm.Condition is null ? Array.Empty<string>() : [arm.Condition]];
            return $"SELECT {InstanceColumns.State} FROM instances i {(index is null ? "" : $"INDEXED BY {index} ")}LEFT JOIN instances p ON p.key = i.parent"
                + (all.Length == 0 ? "" : " WHERE " + string.Join(" AND ", all));
        })) + " ORDER BY i.created_at DESC, i.key DESC LIMIT ?";
        Values = [.. arms.SelectMany(arm => arm.Value is { } value ? [.. _values, value] : _values), query.PageSize + 1];
    }
}
