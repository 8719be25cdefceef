using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Tests.Projections;

namespace ActorOrchestrator.Domain.Tests.Objects;

/// <summary>What entities themselves write shows in <c>metadata.managedFields</c> of applied objects.</summary>
public sealed class FieldOwnerTests
{
    private static readonly ManagedFieldsEntry Applied = new()
    {
        Manager = "me", Operation = "Apply", ApiVersion = "v1", FieldsType = "FieldsV1",
        FieldsV1 = RawJson.Parse("{\"f:spec\":{}}"),
    };

    [Theory]
    [InlineData("Apply", "me Apply, kubelet Update status")]
    [InlineData("Update", "me Update")]
    public void A_report_takes_the_status_of_an_applied_pod(string operation, string owners)
    {
        var pod = new Pod
        {
            Metadata = new ObjectMeta
            {
                Name = "p", Namespace = "default", ManagedFields = [Applied with { Operation = operation }],
            },
        };
        var run = new EntityRun(new PodDecider(), new EntityKey("pods", "default", "p"))
            .Send(new Create(pod));
        run.Send(new PodStatusReported(run.Object!.Metadata.Uid!, new PodStatus { Phase = "Running" }));

        Assert.Equal("Running", ((Pod)run.Object!).Status.Phase);
        Assert.Equal(owners, string.Join(", ", run.Object.Metadata.ManagedFields.Select(entry =>
            $"{entry.Manager} {entry.Operation} {entry.Subresource}".Trim())));
    }
}
