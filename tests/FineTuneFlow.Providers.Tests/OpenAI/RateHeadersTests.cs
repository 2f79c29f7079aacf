using System.ClientModel.Primitives;
using System.Diagnostics.CodeAnalysis;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Providers.OpenAI;

namespace FineTuneFlow.Providers.Tests.OpenAI;

public sealed class RateHeadersTests
{
    [Theory]
    [InlineData("500", "499", "120ms", 500, 499, 0.12)]
    [InlineData("500", "500", "1s", 500, 500, 1.0)]
    [InlineData("500", "0", "6m0s", 500, 0, 360.0)]
    public void What_the_service_tells_of_its_limit_is_read(string limit, string remaining, string reset, int all, int left, double seconds) =>
        Read(limit, remaining, reset).ShouldBe(new RateLimitNote(all, left, TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(null, "499", "1s")]
    [InlineData("500", null, "1s")]
    [InlineData("500", "499", null)]
    [InlineData("500", "501", "1s")] // more left than there is
    [InlineData("-500", "-501", "1s")]
    [InlineData("many", "499", "1s")]
    [InlineData("500", "some", "1s")]
    [InlineData("500", "499", "soon")]
    public void What_does_not_make_sense_is_left_out(string? limit, string? remaining, string? reset) => Read(limit, remaining, reset).ShouldBeNull();

    [Theory]
    [InlineData("1d", 86_400.0)]
    [InlineData("29d23h59m59s", 2_591_999.0)]
    [InlineData("30d", null)]
    [InlineData("2591999", 2_591_999.0)]
    [InlineData("2592000", null)]
    [InlineData("-1", null)]
    [InlineData("1 s", null)]
    public void A_reset_is_below_thirty_days(string text, double? seconds) =>
        RateHeaders.Duration(text).ShouldBe(seconds is { } value ? TimeSpan.FromSeconds(value) : null);

    private static RateLimitNote? Read(string? limit, string? remaining, string? reset)
    {
        var headers = new Headers();
        Add("x-ratelimit-limit-requests", limit);
        Add("x-ratelimit-remaining-requests", remaining);
        Add("x-ratelimit-reset-requests", reset);
        return RateHeaders.Read(headers);

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                headers.Values[name] = value;
            }
        }
    }

    private sealed class Headers : PipelineResponseHeaders
    {
        public Dictionary<string, string> Values { get; } = [];

        public override bool TryGetValue(string name, [NotNullWhen(true)] out string? value) => Values.TryGetValue(name, out value);

        public override bool TryGetValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values) => throw new NotSupportedException();

        public override IEnumerator<KeyValuePair<string, string>> GetEnumerator() => Values.GetEnumerator();
    }
}
