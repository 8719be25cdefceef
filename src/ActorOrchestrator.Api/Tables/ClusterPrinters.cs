using ActorOrchestrator.Api.Coordination;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Policy;
using ActorOrchestrator.Api.Rbac;
using ActorOrchestrator.Api.Scheduling;
using static ActorOrchestrator.Api.Tables.Printers;

namespace ActorOrchestrator.Api.Tables;

/// <summary>Nodes, events, configuration and rules.</summary>
internal static class ClusterPrinters
{
    private const string RoleLabelPrefix = "node-role.kubernetes.io/";
    private const string RoleLabel = "kubernetes.io/role";

    private static readonly TableColumn[] BindingColumns =
    [
        Name,
        Text("Role", "Role that is given."),
        Age,
        Wide("Users", "Users that it is given to."),
        Wide("Groups", "Groups that it is given to."),
        Wide("ServiceAccounts", "Service accounts that it is given to."),
    ];

    public static IEnumerable<(Type Type, KindPrinter Printer)> All =>
    [
        Nodes(),
        Events(),
        Of<Namespace>(
            [Name, Text("Status", "Whether the namespace is in use or going."), Age],
            static (@namespace, now) => [@namespace.Metadata.Name, @namespace.Status.Phase, AgeOf(@namespace, now)]),
        Of<ConfigMap>(
            [Name, Number("Data", "How many entries there are."), Age],
            static (map, now) => [map.Metadata.Name, map.Data.Count + map.BinaryData.Count, AgeOf(map, now)]),
        Of<Secret>(
            [Name, Text("Type", "What the secret is for."), Number("Data", "How many entries there are."), Age],
            static (secret, now) => [secret.Metadata.Name, secret.Type, secret.Data.Count, AgeOf(secret, now)]),
        Of<ServiceAccount>([Name, Age], static (account, now) => [account.Metadata.Name, AgeOf(account, now)]),
        Of<ResourceQuota>(
            [
                Name,
                Text("Request", "Requests used and allowed."),
                Text("Limit", "Limits used and allowed."),
                Age,
            ],
            static (quota, now) =>
                [quota.Metadata.Name, Usage(quota, isLimit: false), Usage(quota, isLimit: true), AgeOf(quota, now)]),
        Of<Lease>(
            [Name, Text("Holder", "Who holds the lease."), Age],
            static (lease, now) => [lease.Metadata.Name, lease.Spec.HolderIdentity, AgeOf(lease, now)]),
        Of<PriorityClass>(
            [
                Name,
                Number("Value", "Priority of pods of the class."),
                new("Global-Default", "boolean", 0, "Whether pods without a class are of this one."),
                Age,
                Text("PreemptionPolicy", "Whether such pods displace others."),
            ],
            static (priority, now) =>
            [
                priority.Metadata.Name,
                priority.Value,
                priority.GlobalDefault,
                AgeOf(priority, now),
                priority.PreemptionPolicy,
            ]),
        Of<PodDisruptionBudget>(
            [
                Name,
                Text("Min Available", "Pods that must stay available."),
                Text("Max Unavailable", "Pods that may be unavailable."),
                Number("Allowed Disruptions", "Pods that may be evicted now."),
                Age,
            ],
            static (budget, now) =>
            [
                budget.Metadata.Name,
                budget.Spec.MinAvailable?.ToString() ?? "N/A",
                budget.Spec.MaxUnavailable?.ToString() ?? "N/A",
                budget.Status.DisruptionsAllowed,
                AgeOf(budget, now),
            ]),
        Of<RoleBinding>(
            BindingColumns, static (binding, now) => Binding(binding, binding.RoleRef, binding.Subjects, now)),
        Of<ClusterRoleBinding>(
            BindingColumns, static (binding, now) => Binding(binding, binding.RoleRef, binding.Subjects, now)),
    ];

    private static (Type, KindPrinter) Nodes() => Of<Node>(
        [
            Name,
            Text("Status", "Whether the node takes pods."),
            Text("Roles", "Roles of the node."),
            Age,
            Text("Version", "Version of the node's agent."),
            Wide("Internal-IP", "Address of the node inside the cluster."),
            Wide("External-IP", "Address of the node outside the cluster."),
            Wide("OS-Image", "Operating system of the node."),
            Wide("Kernel-Version", "Kernel of the node."),
            Wide("Container-Runtime", "What runs containers on the node."),
        ],
        static (node, now) =>
        [
            node.Metadata.Name,
            Readiness(node) + (node.Spec.Unschedulable ? ",SchedulingDisabled" : ""),
            TableText.OrNone(string.Join(',', Roles(node).Distinct().Order(StringComparer.Ordinal))),
            AgeOf(node, now),
            node.Status.NodeInfo.KubeletVersion,
            Address(node, NodeAddresses.Internal),
            Address(node, NodeAddresses.External),
            TableText.OrUnknown(node.Status.NodeInfo.OsImage),
            TableText.OrUnknown(node.Status.NodeInfo.KernelVersion),
            TableText.OrUnknown(node.Status.NodeInfo.ContainerRuntimeVersion),
        ]);

    private static (Type, KindPrinter) Events() => Of<Event>(
        [
            Text("Last Seen", "Time since the event was last seen."),
            Text("Type", "Whether all is well: Normal or Warning."),
            Text("Reason", "What happened, in one word."),
            Text("Object", "What it happened to."),
            Wide("Subobject", "Part of that object."),
            Wide("Source", "What reported it."),
            Text("Message", "What happened, in a sentence."),
            Wide("First Seen", "Time since the event was first seen."),
            new("Count", "integer", 1, "How often it happened."),
            new("Name", "string", 1, "Name of the event itself."),
        ],
        static (@event, now) =>
        {
            var first = @event.FirstTimestamp ?? @event.EventTime?.Value;
            var last = @event.Series?.LastObservedTime?.Value ?? @event.LastTimestamp ?? first;
            var kind = @event.InvolvedObject.Kind?.ToLowerInvariant();
            return
            [
                TableText.Since(last, now),
                @event.Type,
                @event.Reason,
                @event.InvolvedObject.Name is { } name ? $"{kind}/{name}" : kind,
                @event.InvolvedObject.FieldPath,
                Source(@event),
                @event.Message?.Trim(),
                TableText.Since(first, now),
                @event.Series?.Count ?? Math.Max(1, @event.Count),
                @event.Metadata.Name,
            ];
        });

    private static string Readiness(Node node) =>
        node.Status.Conditions.FirstOrDefault(condition => condition.Type == "Ready") is { } ready
            ? ready.Status == "True" ? "Ready" : "NotReady"
            : "Unknown";

    private static IEnumerable<string> Roles(Node node)
    {
        foreach (var (key, value) in node.Metadata.Labels)
        {
            if (key.StartsWith(RoleLabelPrefix, StringComparison.Ordinal) && key.Length > RoleLabelPrefix.Length)
            {
                yield return key[RoleLabelPrefix.Length..];
            }
            else if (key == RoleLabel && value.Length > 0)
            {
                yield return value;
            }
        }
    }

    private static string Address(Node node, string type) =>
        TableText.OrNone(NodeAddresses.Of(node, type).FirstOrDefault());

    private static string Source(Event @event)
    {
        var component = @event.Source.Component ?? @event.ReportingComponent;
        var host = @event.Source.Host ?? @event.ReportingInstance;
        return string.IsNullOrEmpty(host) ? component ?? "" : $"{component}, {host}";
    }

    private static string Usage(ResourceQuota quota, bool isLimit) => string.Join(", ", quota.Status.Hard
        .Where(entry => entry.Key.StartsWith("limits.", StringComparison.Ordinal) == isLimit)
        .Select(entry => $"{entry.Key}: {quota.Status.Used.GetValueOrDefault(entry.Key)}/{entry.Value}"));

    private static TableCell[] Binding(
        KubeObject binding, RoleRef role, ValueList<Subject> subjects, DateTimeOffset now)
    {
        string Of(string kind) => string.Join(", ", subjects.Where(subject => subject.Kind == kind).Select(
            subject => kind == "ServiceAccount" ? $"{subject.Namespace}/{subject.Name}" : subject.Name));
        return
        [
            binding.Metadata.Name,
            $"{role.Kind}/{role.Name}",
            AgeOf(binding, now),
            Of("User"),
            Of("Group"),
            Of("ServiceAccount"),
        ];
    }
}
