using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Selectors;

namespace ActorOrchestrator.Api.Tests.Selectors;

public sealed class FieldMatcherTests
{
    private static readonly Pod Web = new()
    {
        Metadata = new ObjectMeta { Name = "web", Namespace = "shop" },
        Spec = new PodSpec { NodeName = "n1", RestartPolicy = "Always", ServiceAccountName = "a,b=c\\d" },
        Status = new PodStatus { Phase = "Running", PodIPs = [new PodIP { Ip = "10.0.0.7" }] },
    };

    [Theory]
    [InlineData("", true)]
    [InlineData("metadata.name=web", true)]
    [InlineData("metadata.name==web,metadata.namespace=shop", true)]
    [InlineData("metadata.name!=web", false)]
    [InlineData("spec.nodeName=n1,", true)]
    [InlineData("spec.nodeName=", false)]
    [InlineData("spec.schedulerName=", true)]
    [InlineData("spec.hostNetwork=false", true)]
    [InlineData("status.phase!=Pending,status.phase!=Failed", true)]
    [InlineData("status.phase=running", false)]
    [InlineData("status.podIP=10.0.0.7", true)]
    [InlineData("status.podIPs=10.0.0.7", true)]
    [InlineData(@"spec.serviceAccountName=a\,b\=c\\d", true)]
    public void Matches_pods_by_their_fields(string query, bool expected)
    {
        Assert.True(FieldMatcher.TryParse(KindRegistry.Of<Pod>(), query, out var matcher, out var error), error);
        Assert.Equal(expected, matcher.Matches(Web));
    }

    [Theory]
    [InlineData("spec.foo=x", "field label not supported: spec.foo")]
    [InlineData("metadata.labels=x", "field label not supported: metadata.labels")]
    [InlineData("spec.nodeName", "invalid selector: 'spec.nodeName'; can't understand 'spec.nodeName'")]
    [InlineData("spec.nodeName=a=b", "invalid field selector: unescaped character in value: 61")]
    [InlineData(@"spec.nodeName=a\n", @"invalid field selector: invalid escape sequence: \n")]
    [InlineData(@"spec.nodeName=a\", @"invalid field selector: invalid escape sequence: \")]
    public void Says_what_is_wrong_with_a_query(string query, string expected)
    {
        Assert.False(FieldMatcher.TryParse(KindRegistry.Of<Pod>(), query, out _, out var error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void A_kind_without_fields_of_its_own_names_those_of_all_kinds()
    {
        Assert.False(FieldMatcher.TryParse(KindRegistry.Of<Deployment>(), "status.phase=x", out _, out var error));
        Assert.Equal(
            "\"status.phase\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"", error);
    }

    [Fact]
    public void A_kind_outside_of_namespaces_has_none() =>
        Assert.False(FieldMatcher.TryParse(KindRegistry.Of<Node>(), "metadata.namespace=x", out _, out _));

    public static TheoryData<KubeObject, string> OtherKinds => new()
    {
        { new Node { Spec = new NodeSpec { Unschedulable = true } }, "spec.unschedulable=true" },
        { new Namespace { Status = new NamespaceStatus { Phase = "Active" } }, "status.phase=Active" },
        { new Secret { Type = "Opaque" }, "type=Opaque" },
        { new Job { Status = new JobStatus { Succeeded = 3 } }, "status.successful=3" },
        {
            new ReplicationController { Status = new ReplicationControllerStatus { Replicas = 2 } },
            "status.replicas=2"
        },
        { new ReplicaSet { Status = new ReplicaSetStatus { Replicas = 2 } }, "status.replicas=2" },
        { new Service { Spec = new ServiceSpec { Type = "NodePort" } }, "spec.type=NodePort" },
        {
            new Event
            {
                InvolvedObject = new ObjectReference { Kind = "Pod", Name = "web", Uid = "u", FieldPath = "spec" },
                Type = "Warning", Reason = "BackOff", ReportingComponent = "agent",
            },
            "involvedObject.kind=Pod,involvedObject.name=web,involvedObject.uid=u,involvedObject.fieldPath=spec,"
            + "type=Warning,reason=BackOff,source=agent,reportingComponent=agent"
        },
    };

    [Theory]
    [MemberData(nameof(OtherKinds))]
    public void Other_kinds_have_the_fields_that_kubernetes_gives_them(KubeObject @object, string query)
    {
        Assert.True(FieldMatcher.TryParse(KindRegistry.Of(@object), query, out var matcher, out var error), error);
        Assert.True(matcher.Matches(@object));
        var one = query.Split(',')[^1];
        Assert.True(FieldMatcher.TryParse(KindRegistry.Of(@object), one + "x", out var other, out _));
        Assert.False(other.Matches(@object));
    }

    [Fact]
    public void Tells_which_value_a_field_must_have_so_that_an_index_can_serve_it()
    {
        Assert.True(FieldMatcher.TryParse(
            KindRegistry.Of<Pod>(), "spec.nodeName=n1,status.phase!=Failed", out var matcher, out _));
        Assert.Equal("n1", matcher.RequiredValue("spec.nodeName"));
        Assert.Null(matcher.RequiredValue("status.phase"));
        Assert.Equal("spec.nodeName=n1,status.phase!=Failed", matcher.ToString());
    }
}
