using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Authorization;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Selectors;

namespace ActorOrchestrator.Gateway.Auth;

/// <summary>
/// What a machine may ask for that only runs pods (Kubernetes' node authorizer, with its words):
/// <code>
///  pods                  get: bound to it; list, watch: with spec.nodeName=NAME; create, delete
///  pods/status           update, patch
///  nodes                 get, list, watch, create, update, patch            nodes/status    update, patch
///  configmaps, secrets   get, list, watch: one that a pod bound to it names
///  leases                get, create, update, patch, delete: its own, in kube-node-lease
///  services              get, list, watch
///  events                create, update, patch
/// </code>
/// It reads all nodes, as in Kubernetes before 1.32, for it is the machine that routes to the others' pods itself.
/// Of which objects it writes what is <see cref="NodeRestriction"/>'s to say. Both go by the view.
/// </summary>
/// <param name="view">Where pods are looked up.</param>
/// <param name="podsOn">The pods that are bound to a node.</param>
public sealed class NodeAuthorizer(IClusterView view, Func<string, IReadOnlyCollection<Pod>> podsOn) : IAuthorizer
{
    public const string LeaseNamespace = "kube-node-lease";

    private const string SelectedNode = "spec.nodeName";

    private static readonly ResourceKind Pods = KindRegistry.Of<Pod>();

    private static readonly SubjectRulesReviewStatus Nobody = new();

    private static readonly SubjectRulesReviewStatus Rules = new()
    {
        ResourceRules =
        [
            Rule(["get", "list", "watch", "create", "delete"], "", "pods"),
            Rule(["update", "patch"], "", "pods/status", "nodes/status"),
            Rule(["get", "list", "watch", "create", "update", "patch"], "", "nodes"),
            Rule(["get", "list", "watch"], "", "configmaps", "secrets", "services"),
            Rule(["create", "update", "patch"], "", "events"),
            Rule(["get", "create", "update", "patch", "delete"], "coordination.k8s.io", "leases"),
        ],

        // As kube-apiserver says of its own: which objects are meant is not told by these rules.
        Incomplete = true,
        EvaluationError = "node authorizer does not support user rule resolution",
    };

    public AccessDecision Decide(Identity who, AccessRequest what)
    {
        if (NodeIdentity.NameOf(who) is not { } node)
        {
            return Refused("");
        }

        if (what.Path is { } path)
        {
            return new(node.Length > 0 && OpenPaths.ToNode(node, what.Verb, path), "");
        }

        if (node.Length == 0)
        {
            return Refused($"unknown node for user \"{who.User}\"");
        }

        return (what.Group, what.Resource) switch
        {
            ("", "pods") => OfPods(node, what),
            ("", "nodes") => OfNodes(what),
            ("", "configmaps" or "secrets") => OfConfiguration(node, what),
            ("coordination.k8s.io", "leases") => OfLeases(node, what),
            ("", "services") => new(what is { Verb: "get" or "list" or "watch", Subresource: "" }, ""),
            ("" or "events.k8s.io", "events") =>
                new(what is { Verb: "create" or "update" or "patch", Subresource: "" }, ""),
            _ => Refused(""),
        };
    }

    public SubjectRulesReviewStatus RulesOf(Identity who) =>
        NodeIdentity.NameOf(who) is { Length: > 0 } ? Rules : Nobody;

    private AccessDecision OfPods(string node, AccessRequest what) => (what.Subresource, what.Verb) switch
    {
        ("", "get") => Related(node, IsBound(node, what)),
        ("", "list" or "watch") => SelectsNode(node, what.FieldSelector)
            ? Allowed
            : Refused("can only list/watch pods with spec.nodeName field selector"),
        ("", "create" or "delete") or ("status", "update" or "patch") => Allowed,
        _ => Refused(""),
    };

    private static AccessDecision OfNodes(AccessRequest what) => (what.Subresource, what.Verb) switch
    {
        ("", "get" or "list" or "watch" or "create" or "update" or "patch") or ("status", "update" or "patch") =>
            Allowed,
        _ => Refused(""),
    };

    private AccessDecision OfConfiguration(string node, AccessRequest what)
    {
        if (what.Verb is not ("get" or "list" or "watch"))
        {
            return Refused("can only read resources of this type");
        }

        if (what.Subresource.Length > 0)
        {
            return Refused("cannot read subresource");
        }

        if (string.IsNullOrEmpty(what.Namespace))
        {
            return Refused("can only read namespaced object of this type");
        }

        if (string.IsNullOrEmpty(what.Name))
        {
            return Refused("No Object name found");
        }

        var wanted = new PodReference(what.Resource == "secrets", what.Name);
        return Related(node, podsOn(node).Any(pod =>
            pod.Metadata.Namespace == what.Namespace && PodReferences.Of(pod).Contains(wanted)));
    }

    private static AccessDecision OfLeases(string node, AccessRequest what)
    {
        if (what.Verb is not ("get" or "create" or "update" or "patch" or "delete") || what.Subresource.Length > 0)
        {
            return Refused("can only get, create, update, patch, or delete a node lease");
        }

        if (what.Namespace != LeaseNamespace)
        {
            return Refused($"can only access leases in the \"{LeaseNamespace}\" system namespace");
        }

        // A creation says the name in its body only.
        return what.Verb == "create" || what.Name == node
            ? Allowed
            : Refused("can only access node lease with the same name as the requesting node");
    }

    private bool IsBound(string node, AccessRequest what) =>
        what is { Name: { Length: > 0 } name } && view.Get(Pods, what.Namespace, name) is Pod pod
        && pod.Spec.NodeName == node;

    private static bool SelectsNode(string node, string? selector) =>
        selector is not null && FieldMatcher.TryParse(Pods, selector, out var fields, out _)
        && fields.RequiredValue(SelectedNode) == node;

    private static readonly AccessDecision Allowed = new(true, "");

    private static AccessDecision Refused(string reason) => new(false, reason);

    private static AccessDecision Related(string node, bool isRelated) =>
        isRelated ? Allowed : Refused($"no relationship found between node '{node}' and this object");

    private static ResourceRule Rule(string[] verbs, string group, params string[] resources) =>
        new() { Verbs = [.. verbs], ApiGroups = [group], Resources = [.. resources] };
}
