using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Gateway.Auth;
using ActorOrchestrator.Gateway.Tests.Support;

namespace ActorOrchestrator.Gateway.Tests;

/// <summary>What a machine may ask for that only runs pods: a line a rule, allowed and refused.</summary>
public sealed class NodeAuthorizerTests
{
    private const string Unrelated = "no relationship found between node 'n1' and this object";
    private const string Selector = "can only list/watch pods with spec.nodeName field selector";
    private const string OwnLease = "can only access node lease with the same name as the requesting node";
    private const string LeaseVerbs = "can only get, create, update, patch, or delete a node lease";

    private static readonly Identity Node = Identity.Of("system:node:n1", ["system:nodes"]);

    [Theory]
    [InlineData("get pods default/ours")]
    [InlineData("get pods default/theirs", Unrelated)]
    [InlineData("get pods default/absent", Unrelated)]
    [InlineData("list pods / spec.nodeName=n1")]
    [InlineData("watch pods / spec.nodeName==n1,status.phase!=Failed")]
    [InlineData("watch pods default/ spec.nodeName=n1")]
    [InlineData("list pods /", Selector)]
    [InlineData("watch pods / spec.nodeName=n2", Selector)]
    [InlineData("watch pods / spec.nodeName!=n1", Selector)]
    [InlineData("watch pods / metadata.name=ours", Selector)]
    [InlineData("create pods default/")]
    [InlineData("delete pods default/ours")]
    [InlineData("update pods default/ours", "")]
    [InlineData("patch pods default/ours", "")]
    [InlineData("deletecollection pods default/ spec.nodeName=n1", "")]
    [InlineData("update pods/status default/ours")]
    [InlineData("patch pods/status default/ours")]
    [InlineData("get pods/status default/ours", "")]
    [InlineData("create pods/exec default/ours", "")]
    [InlineData("get pods/log default/ours", "")]
    [InlineData("create pods/binding default/ours", "")]
    [InlineData("update pods/ephemeralcontainers default/ours", "")]
    [InlineData("get nodes /n1")]
    [InlineData("watch nodes /n1")]
    [InlineData("get nodes /n2")]
    [InlineData("list nodes /")]
    [InlineData("watch nodes /")]
    [InlineData("create nodes /")]
    [InlineData("update nodes /n1")]
    [InlineData("patch nodes/status /n1")]
    [InlineData("update nodes/status /n1")]
    [InlineData("delete nodes /n1", "")]
    [InlineData("get configmaps default/volume")]
    [InlineData("get configmaps default/environment")]
    [InlineData("watch configmaps default/volume")]
    [InlineData("get configmaps default/other", Unrelated)]
    [InlineData("get configmaps kube-system/volume", Unrelated)]
    [InlineData("list configmaps default/", "No Object name found")]
    [InlineData("list configmaps /", "can only read namespaced object of this type")]
    [InlineData("update configmaps default/volume", "can only read resources of this type")]
    [InlineData("get secrets default/projected")]
    [InlineData("get secrets default/init")]
    [InlineData("get secrets default/pull")]
    [InlineData("list secrets default/projected")]
    [InlineData("get secrets default/volume", Unrelated)]
    [InlineData("get secrets default/of-theirs", Unrelated)]
    [InlineData("watch secrets default/of-theirs", Unrelated)]
    [InlineData("list secrets default/", "No Object name found")]
    [InlineData("delete secrets default/projected", "can only read resources of this type")]
    [InlineData("get leases.coordination.k8s.io kube-node-lease/n1")]
    [InlineData("update leases.coordination.k8s.io kube-node-lease/n1")]
    [InlineData("create leases.coordination.k8s.io kube-node-lease/")]
    [InlineData("get leases.coordination.k8s.io kube-node-lease/n2", OwnLease)]
    [InlineData("list leases.coordination.k8s.io kube-node-lease/", LeaseVerbs)]
    [InlineData(
        "get leases.coordination.k8s.io kube-system/n1",
        "can only access leases in the \"kube-node-lease\" system namespace")]
    [InlineData("list services /")]
    [InlineData("watch services default/")]
    [InlineData("update services default/web", "")]
    [InlineData("create events default/")]
    [InlineData("patch events.events.k8s.io default/e")]
    [InlineData("list events default/", "")]
    [InlineData("get serviceaccounts default/default", "")]
    [InlineData("list deployments.apps default/", "")]
    [InlineData("impersonate users /admin", "")]
    public void A_node_may_ask_for_what_concerns_it(string asked, string? refusal = null)
    {
        var decision = Chain().Decide(Node, Parse(asked));
        Assert.Equal(refusal is null, decision.Allowed);
        Assert.Equal(refusal ?? "", decision.Reason);
    }

    [Theory]
    [InlineData("jane", "developers", "")]
    [InlineData("system:node:n1", "developers", "")]
    [InlineData("jane", "system:nodes", "unknown node for user \"jane\"")]
    [InlineData("system:node:", "system:nodes", "unknown node for user \"system:node:\"")]
    [InlineData("system:node:n2", "system:nodes", "no relationship found between node 'n2' and this object")]
    public void Others_may_not(string user, string group, string refusal)
    {
        var decision = Chain().Decide(Identity.Of(user, [group]), Parse("get secrets default/projected"));
        Assert.False(decision.Allowed);
        Assert.Equal(refusal, decision.Reason);
    }

    [Fact]
    public void A_node_may_discover_the_API_and_ask_about_itself_as_every_user()
    {
        Assert.True(Chain().Decide(Node, new("get", "", "", "", null, null, "/api")).Allowed);
        Assert.False(Chain().Decide(Node, new("get", "", "", "", null, null, "/metrics")).Allowed);
        Assert.False(Chain().Decide(Node, new("post", "", "", "", null, null, "/apply")).Allowed);
        Assert.True(Chain().Decide(Node, Parse("create selfsubjectaccessreviews.authorization.k8s.io /")).Allowed);
        var rules = Chain().RulesOf(Node);
        Assert.Contains(rules.ResourceRules, rule => rule.Resources.Contains("secrets"));
        Assert.True(rules.Incomplete);
        Assert.DoesNotContain(
            Chain().RulesOf(Identity.Of("jane", [])).ResourceRules, rule => rule.Resources.Contains("secrets"));
    }

    private static AccessRequest Parse(string asked)
    {
        var words = asked.Split(' ');
        var (resource, subresource) = words[1].Split('/') is [var whole, var part] ? (whole, part) : (words[1], "");
        var dot = resource.IndexOf('.', StringComparison.Ordinal);
        var place = words[2].Split('/');
        return new(
            words[0], dot < 0 ? "" : resource[(dot + 1)..], dot < 0 ? resource : resource[..dot], subresource,
            place[0].Length > 0 ? place[0] : null, place[1].Length > 0 ? place[1] : null, Path: null)
        {
            FieldSelector = words.Length > 3 ? words[3] : null,
        };
    }

    private static AuthorizerChain Chain()
    {
        var cluster = new FakeCluster(TimeProvider.System);
        Pod[] pods = [Ours(), Theirs()];
        foreach (var pod in pods)
        {
            cluster.Put(pod);
        }

        return new AuthorizerChain([
            new MastersAuthorizer(),
            new NodeAuthorizer(cluster.View, node => [.. pods.Where(pod => pod.Spec.NodeName == node)])]);
    }

    private static Pod Ours() => new()
    {
        Metadata = new() { Namespace = "default", Name = "ours" },
        Spec = new()
        {
            NodeName = "n1",
            ImagePullSecrets = [new() { Name = "pull" }],
            Containers =
            [
                new() { Name = "main", EnvFrom = [new() { ConfigMapRef = new() { Name = "environment" } }] },
            ],
            InitContainers =
            [
                new()
                {
                    Name = "init",
                    Env =
                    [
                        new() { Name = "A", ValueFrom = new() { SecretKeyRef = new() { Name = "init", Key = "a" } } },
                    ],
                },
            ],
            Volumes =
            [
                new() { Name = "a", ConfigMap = new() { Name = "volume" } },
                new() { Name = "b", Projected = new() { Sources = [new() { Secret = new() { Name = "projected" } }] } },
            ],
        },
    };

    private static Pod Theirs() => new()
    {
        Metadata = new() { Namespace = "default", Name = "theirs" },
        Spec = new() { NodeName = "n2", Volumes = [new() { Name = "a", Secret = new() { SecretName = "of-theirs" } }] },
    };
}
