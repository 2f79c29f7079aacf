using System.Text.Json.Nodes;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Providers.ContainerJobs;

namespace FineTuneFlow.Providers.Tests.ContainerJobs;

public sealed class JobTemplateTests
{
    [Fact]
    public void A_job_whose_image_was_never_deployed_is_refused_before_it_is_started()
    {
        JsonNode job = JsonNode.Parse("""
            { "properties": { "template": { "containers": [{ "name": "baseline", "image": "mcr.microsoft.com/azurelinux/base/core:3.0" }] } } }
            """)!;

        Failure failure = Should.Throw<FlowException>(() => JobTemplate.Of(job, "baseline", [])).Failure;

        failure.Kind.ShouldBe(FailureKind.InvalidInput);
        failure.Remedy.ShouldNotBeNull().ShouldContain("azd deploy baseline");
    }
}
