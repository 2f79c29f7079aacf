namespace FineTuneFlow.Simulator.Http;

/// <summary>The <c>after</c> and <c>limit</c> of a list request.</summary>
internal sealed record Paging(string? After, int Limit)
{
    public static Paging Of(HttpContext http, int standard, int maximum)
    {
        string? limit = http.Request.Query["limit"];
        int size = standard;
        if (limit is not null && (!int.TryParse(limit, out size) || size < 1 || size > maximum))
        {
            throw ApiException.Invalid("limit", $"limit must be from 1 to {maximum}");
        }

        string? after = http.Request.Query["after"];
        return new Paging(string.IsNullOrEmpty(after) ? null : after, size);
    }

    /// <summary>The page of an ordered list, and whether there is more.</summary>
    /// <exception cref="ApiException">400 where the item to go on from is not in the list.</exception>
    public (List<T> Items, bool HasMore) Take<T>(IReadOnlyList<T> all, Func<T, string> id)
    {
        int start = 0;
        if (After is not null)
        {
            while (start < all.Count && id(all[start]) != After)
            {
                start++;
            }

            if (start == all.Count)
            {
                throw ApiException.Invalid("after", $"No item with id '{After}' in this list");
            }

            start++;
        }

        return ([.. all.Skip(start).Take(Limit)], all.Count > start + Limit);
    }
}
