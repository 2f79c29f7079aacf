using System.Text;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Api.Runs;
using FineTuneFlow.Core.Failures;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Tests.Http;

public class ApiRequestTests
{
    [Theory]
    [InlineData("", "no body")]
    [InlineData("{\"project\":\"p\"", "not valid")]
    [InlineData("{\"project\":\"p\"}", "drop")]
    [InlineData("{\"project\":\"p\",\"drop\":\"d\",\"budget\":1}", "budget")]
    [InlineData("{\"project\":1,\"drop\":\"d\"}", "project")]
    [InlineData("null", "null")]
    public async Task A_body_that_is_not_what_is_asked_is_an_input_error_that_names_it(string json, string named)
    {
        FlowException error = await Should.ThrowAsync<FlowException>(
            () => Request(json).JsonAsync<StartRunRequest>(TestContext.Current.CancellationToken));

        error.Failure.Kind.ShouldBe(FailureKind.InvalidInput);
        $"{error.Failure.Field} {error.Failure.Message}".ShouldContain(named);
    }

    [Theory]
    [InlineData("{\"project\":\"p\"}", "the body is not valid: drop is missing")]
    [InlineData("{}", "the body is not valid: project, drop are missing")]
    [InlineData("{\"project\":[],\"drop\":\"d\"}", "project: the body is not valid: the value is of another kind than what belongs here")]
    [InlineData("{\"project\":null,\"drop\":\"d\"}", "project: the body is not valid: null cannot stand here")]
    [InlineData("[]", "the body is not valid: the value is of another kind than what belongs here")]
    [InlineData("{\"project\":\"\\ud800\",\"drop\":\"d\"}", "project: the body is not valid: the value is of another kind than what belongs here")]
    [InlineData("{\"project\":\"p\",\"project\":\"q\",\"drop\":\"d\"}", "the body is not valid: the property project stands there twice")]
    [InlineData("{\"project\":\"p\",\"drop\":\"d\",\"recipe\":{\"budget\":{\"usd\":1,\"usd\":2}}}", "the body is not valid: the property usd stands there twice")]
    [InlineData("{\"project\":\"p\",\"drop\":\"d\",\"recipe\":{\"\\ud83d\":1}}", "the body is not valid: A text holds half a surrogate pair (a broken \\u escape)")]
    public async Task What_is_wrong_with_a_body_is_said_without_our_types(string json, string said)
    {
        FlowException error = await Should.ThrowAsync<FlowException>(
            () => Request(json).JsonAsync<StartRunRequest>(TestContext.Current.CancellationToken));

        (error.Failure with { Remedy = null }).ToString().ShouldBe(said);
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused_before_it_is_kept()
    {
        HttpRequest request = Request(new string('x', 3_000));

        FlowException error = await Should.ThrowAsync<FlowException>(() => request.BytesAsync(1_000, TestContext.Current.CancellationToken));

        error.Failure.Kind.ShouldBe(FailureKind.InvalidInput);
    }

    [Theory]
    [InlineData("?top=0")]
    [InlineData("?top=1001")]
    [InlineData("?top=x")]
    public void A_number_out_of_its_range_names_the_parameter(string query)
    {
        HttpRequest request = Request("");
        request.QueryString = new QueryString(query);

        Should.Throw<FlowException>(() => request.QueryInt("top", 1, 1000)).Failure.Field.ShouldBe("top");
    }

    [Fact]
    public async Task A_misspelt_property_is_answered_with_the_nearest_one_and_without_our_types()
    {
        FlowException error = await Should.ThrowAsync<FlowException>(
            () => Request("""{"approvd":true}""").JsonAsync<ApprovalRequest>(TestContext.Current.CancellationToken));

        error.Failure.ToString().ShouldBe("approvd: unknown property \"approvd\". Did you mean \"approved\"?");
    }

    [Theory]
    [InlineData("?projct=a", "unknown query parameter \"projct\"", "Did you mean \"project\"?")]
    [InlineData("?colour=red", "unknown query parameter \"colour\"", "Known are project, outcome, waiting, from, to, top, continuation.")]
    public void A_misspelt_filter_is_refused_instead_of_answered_with_everything(string query, string message, string remedy)
    {
        HttpRequest request = Request("");
        request.QueryString = new QueryString(query);

        Failure failure = Should.Throw<FlowException>(() => request.RequireKnownQuery(Route<GetRuns>())).Failure;

        failure.Message.ShouldBe(message);
        failure.Remedy.ShouldBe(remedy);
    }

    [Fact]
    public void The_key_may_stand_in_the_query_of_any_route()
    {
        HttpRequest request = Request("");
        request.QueryString = new QueryString("?code=secret&top=3");

        Should.NotThrow(() => request.RequireKnownQuery(Route<GetRuns>()));
    }

    private static ApiRoute Route<T>() => ApiRoutes.All.Single(route => route.Handler == typeof(T));

    private static HttpRequest Request(string body)
    {
        HttpRequest request = new DefaultHttpContext().Request;
        request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        return request;
    }
}
