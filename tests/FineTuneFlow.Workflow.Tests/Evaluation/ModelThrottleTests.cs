using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Tests.Evaluation;

public sealed class ModelThrottleTests
{
    private static readonly ModelAnswer Answer = new("1", [], "stop", null, 10, 1, 5);
    private static readonly ProviderFacts Facts = new("p", ProviderKind.OpenAI, false, false, 3, "openai") { MaxConcurrency = 64 };

    private readonly VirtualTime _time = new();

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(50)]
    public void A_limit_on_concurrency_is_kept_full_and_seldom_passed(int allowed)
    {
        var service = new FakeService(_time) { Concurrency = allowed };

        double seconds = Ask(service, 4000 * allowed / 16);

        service.Throughput(seconds).ShouldBeGreaterThan(0.9 * allowed / FakeService.Latency);
        service.Refused.ShouldBeLessThan(4 + (2 * allowed) + (service.Answered / 40));
    }

    [Theory]
    [InlineData(2, 5)]
    [InlineData(20, 20)]
    [InlineData(200, 50)]
    public void A_token_bucket_without_a_word_about_its_limit_is_kept_full_and_seldom_passed(int perSecond, int bucket)
    {
        var service = new FakeService(_time) { PerSecond = perSecond, Bucket = bucket };

        double seconds = Ask(service, perSecond * 120);

        service.Throughput(seconds).ShouldBeGreaterThan(0.9 * perSecond);
        service.Refused.ShouldBeLessThan(20 + (service.Answered / 50));
    }

    [Theory]
    [InlineData(60)]
    [InlineData(600)]
    [InlineData(6000)]
    public void A_known_limit_a_minute_is_never_passed(int perMinute)
    {
        var service = new FakeService(_time) { PerSecond = perMinute / 60.0, Bucket = Math.Max(2, perMinute / 600) };

        double seconds = Ask(service, perMinute * 3, Facts with { RequestsPerMinute = perMinute });

        service.Throughput(seconds).ShouldBeGreaterThan(0.9 * perMinute / 60);
        service.Refused.ShouldBe(0);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(600)]
    public void Windows_of_a_minute_with_a_long_wait_are_used_up_and_the_wait_is_kept(int perWindow)
    {
        var service = new FakeService(_time) { PerWindow = perWindow, Window = 60 };

        double seconds = Ask(service, perWindow * 10);

        service.Throughput(seconds).ShouldBeGreaterThan(0.9 * perWindow / 60);
        service.Refused.ShouldBeLessThan(64 + (service.Answered / 50));
    }

    [Theory]
    [InlineData(500, 20)]
    [InlineData(10_000, 60)]
    public void Refusals_now_and_then_that_are_no_limit_slow_nobody_down_but_those_refused(int questions, double within)
    {
        for (int seed = 1; seed <= 20; seed++)
        {
            var time = new VirtualTime();
            var random = new Random(seed);
            var throttle = new ModelThrottle(time);
            int refused = 0;
            time.Run(() => Task.WhenAll(Enumerable.Range(0, questions).Select(_ => throttle.RunAsync(
                Facts,
                "m",
                async cancellation =>
                {
                    bool refuse = random.Next(20) == 0;
                    await Task.Delay(TimeSpan.FromSeconds(refuse ? 0.005 : 0.02 + (0.06 * random.NextDouble())), time, cancellation);
                    refused += refuse ? 1 : 0;
                    return refuse ? throw new FlowException(new Failure(FailureKind.Throttled, "slower", RetryAfter: TimeSpan.FromSeconds(1))) : Answer;
                },
                CancellationToken.None))));

            TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {time.Seconds:0.0} s, {refused} refused");
            time.Seconds.ShouldBeLessThan(within, $"seed {seed}");
        }
    }

    [Theory]
    [InlineData(100, 100, 500, 20)]
    [InlineData(100, 100, 10_000, 140)]
    [InlineData(100, 10, 10_000, 140)]
    [InlineData(20, 20, 2_000, 140)]
    public void A_real_limit_is_kept_nearly_full_though_one_refusal_in_twenty_is_by_chance(int perSecond, int bucket, int questions, double within)
    {
        for (int seed = 1; seed <= 10; seed++)
        {
            var time = new VirtualTime();
            var service = new FakeService(time) { PerSecond = perSecond, Bucket = bucket, ByChance = 0.05, Random = new Random(seed) };
            var throttle = new ModelThrottle(time);
            time.Run(() => Task.WhenAll(Enumerable.Range(0, questions).Select(_ => throttle.RunAsync(Facts, "m", service.AskAsync, CancellationToken.None))));

            TestContext.Current.TestOutputHelper?.WriteLine(
                $"seed {seed}: {service.Throughput(time.Seconds):F1} of {perSecond} a second over {time.Seconds:F0} s, {service.Refused} refused");
            time.Seconds.ShouldBeLessThan(within, $"seed {seed}");
            service.Refused.ShouldBeLessThan(450 + (questions / 5), $"seed {seed}");
        }
    }

    [Fact]
    public void A_wait_of_hours_is_held_by_nobody_and_told_to_all_who_ask()
    {
        var throttle = new ModelThrottle(_time);
        int asked = 0;
        var told = new List<Failure>();
        _time.Run(async () =>
        {
            async Task AskAsync()
            {
                try
                {
                    await throttle.RunAsync(Facts, "m", async cancellation =>
                    {
                        asked++;
                        await Task.Delay(TimeSpan.FromMilliseconds(5), _time, cancellation);
                        throw new FlowException(new Failure(FailureKind.Throttled, "tomorrow", RetryAfter: TimeSpan.FromDays(1)));
                    }, CancellationToken.None);
                }
                catch (FlowException refused)
                {
                    told.Add(refused.Failure);
                }
            }

            await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => AskAsync()));
            await AskAsync();
        });

        _time.Seconds.ShouldBeLessThan(1);
        asked.ShouldBeLessThan(10);
        told.Count.ShouldBe(101);
        told.ShouldAllBe(failure => failure.Kind == FailureKind.Throttled && failure.RetryAfter > TimeSpan.FromHours(23));
        told[^1].Message.ShouldBe("p asks to wait until 1970-01-02 00:00 UTC");
    }

    [Fact]
    public void What_the_headers_say_keeps_the_limit_from_ever_being_passed()
    {
        var service = new FakeService(_time) { PerSecond = 50, Bucket = 500, TellsLimit = true };

        double seconds = Ask(service, 6000);

        service.Refused.ShouldBe(0);
        service.Throughput(seconds).ShouldBeGreaterThan(0.9 * 50);
    }

    [Fact]
    public void Without_any_limit_all_of_the_concurrency_allowed_is_used()
    {
        var service = new FakeService(_time);

        double seconds = Ask(service, 20_000);

        service.MostAtOnce.ShouldBe(64);
        service.Throughput(seconds).ShouldBeGreaterThan(0.9 * 64 / FakeService.Latency);
    }

    [Fact]
    public void A_fault_of_the_service_is_asked_again_a_few_times_and_then_told()
    {
        int asked = 0;
        var throttle = new ModelThrottle(_time);

        FlowException told = Should.Throw<FlowException>(() => _time.Run(() => throttle.RunAsync(Facts, "m", _ =>
        {
            asked++;
            throw new FlowException(FailureKind.Unavailable, "down");
        }, CancellationToken.None)));

        told.Failure.Kind.ShouldBe(FailureKind.Unavailable);
        asked.ShouldBe(5);
        _time.Seconds.ShouldBeGreaterThan(2);
    }

    [Theory]
    [InlineData(FailureKind.Unauthenticated)]
    [InlineData(FailureKind.QuotaExhausted)]
    [InlineData(FailureKind.InvalidInput)]
    [InlineData(FailureKind.NotFound)]
    public void What_asking_again_cannot_mend_is_told_at_once(FailureKind kind)
    {
        int asked = 0;
        var throttle = new ModelThrottle(_time);

        Should.Throw<FlowException>(() => _time.Run(() => throttle.RunAsync(Facts, "m", _ =>
        {
            asked++;
            throw new FlowException(kind, "no");
        }, CancellationToken.None)));

        asked.ShouldBe(1);
    }

    [Fact]
    public void One_models_limit_does_not_slow_another_down()
    {
        var throttle = new ModelThrottle(_time);
        var slow = new FakeService(_time) { PerSecond = 1, Bucket = 1 };
        var fast = new FakeService(_time);
        double fastDone = 0;

        _time.Run(() => Task.WhenAll(
            Task.WhenAll(Enumerable.Range(0, 60).Select(_ => throttle.RunAsync(Facts, "slow", slow.AskAsync, CancellationToken.None))),
            FastAsync()));

        fastDone.ShouldBeLessThan(2);
        _time.Seconds.ShouldBeGreaterThan(50);

        async Task FastAsync()
        {
            await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => throttle.RunAsync(Facts, "fast", fast.AskAsync, CancellationToken.None)));
            fastDone = _time.Seconds;
        }
    }

    [Fact]
    public void Who_gives_up_waiting_takes_no_turn_from_the_others()
    {
        var throttle = new ModelThrottle(_time);
        var service = new FakeService(_time) { Concurrency = 1 };
        using var impatient = new CancellationTokenSource();
        ProviderFacts one = Facts with { MaxConcurrency = 1 };
        bool gaveUp = false;

        _time.Run(async () =>
        {
            Task<ModelAnswer> first = throttle.RunAsync(one, "m", service.AskAsync, CancellationToken.None);
            Task<ModelAnswer> second = throttle.RunAsync(one, "m", service.AskAsync, impatient.Token);
            Task<ModelAnswer> third = throttle.RunAsync(one, "m", service.AskAsync, CancellationToken.None);
            impatient.Cancel();
            await Task.WhenAll(first, third);
            gaveUp = second.IsCanceled;
        });

        gaveUp.ShouldBeTrue();

        service.Answered.ShouldBe(2);
    }

    private double Ask(FakeService service, int questions, ProviderFacts? facts = null)
    {
        var throttle = new ModelThrottle(_time);
        _time.Run(() => Task.WhenAll(Enumerable.Range(0, questions)
            .Select(_ => throttle.RunAsync(facts ?? Facts, "m", service.AskAsync, CancellationToken.None))));
        service.Answered.ShouldBe(questions);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{service.Answered} answered, {service.Refused} refused, {service.Throughput(_time.Seconds):F2} a second over {_time.Seconds:F0} s");
        return _time.Seconds;
    }

    /// <summary>A service with the limits that are met in practice.</summary>
    private sealed class FakeService(VirtualTime time)
    {
        public const double Latency = 0.05;

        private double _tokens = double.NaN;
        private double _tokensAt;
        private int _atOnce;
        private int _inWindow;
        private double _windowStart;

        public int? Concurrency { get; init; }

        public double? PerSecond { get; init; }

        public int Bucket { get; init; } = 1;

        public int? PerWindow { get; init; }

        public double Window { get; init; } = 60;

        public bool TellsLimit { get; init; }

        /// <summary>Share of the questions that are refused whatever the limit, with a wait of a second.</summary>
        public double ByChance { get; init; }

        public Random Random { get; init; } = new(1);

        public int Answered { get; private set; }

        public int Refused { get; private set; }

        public int MostAtOnce { get; private set; }

        /// <summary>Answers a second, without what a full bucket gives at the start.</summary>
        public double Throughput(double seconds) => (Answered - (PerSecond is null ? 0 : Bucket)) / seconds;

        public async Task<ModelAnswer> AskAsync(CancellationToken cancellation)
        {
            TimeSpan? wait = Refusal(out bool refused);
            if (refused)
            {
                Refused++;
                await Task.Delay(TimeSpan.FromMilliseconds(5), time, cancellation);
                throw new FlowException(new Failure(FailureKind.Throttled, "slower", RetryAfter: wait));
            }

            MostAtOnce = Math.Max(MostAtOnce, ++_atOnce);
            RateLimitNote? note = TellsLimit
                ? new RateLimitNote(Bucket, (int)_tokens, TimeSpan.FromSeconds((Bucket - _tokens) / PerSecond!.Value))
                : null;
            await Task.Delay(TimeSpan.FromSeconds(Latency), time, cancellation);
            _atOnce--;
            Answered++;
            return Answer with { RateLimit = note };
        }

        private TimeSpan? Refusal(out bool refused)
        {
            refused = true;
            if (ByChance > 0 && Random.NextDouble() < ByChance)
            {
                return TimeSpan.FromSeconds(1);
            }

            if (_atOnce >= Concurrency)
            {
                return null;
            }

            if (PerSecond is { } rate)
            {
                double now = time.Seconds;
                _tokens = double.IsNaN(_tokens) ? Bucket : Math.Min(Bucket, _tokens + ((now - _tokensAt) * rate));
                _tokensAt = now;
                if (_tokens < 1)
                {
                    return TimeSpan.FromSeconds((1 - _tokens) / rate);
                }

                _tokens--;
            }

            if (PerWindow is { } most)
            {
                double window = Math.Floor(time.Seconds / Window) * Window;
                if (window != _windowStart)
                {
                    (_windowStart, _inWindow) = (window, 0);
                }

                if (_inWindow >= most)
                {
                    return TimeSpan.FromSeconds(window + Window - time.Seconds);
                }

                _inWindow++;
            }

            refused = false;
            return null;
        }
    }
}
