using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Verbs;

/// <summary>kubectl describe knows each kind, and reads more than the object: events, owners, endpoints.</summary>
public sealed class DescribeTests(SharedCluster shared)
{
    private static readonly (string Resource, string One, string Two)[] Described =
    [
        ("deployment/web", "RollingUpdateStrategy:", "web"),
        ("pods", "Container ID:", "Normal"),
        ("replicasets", "Controlled By:", "web"),
        ("secret/demo", "password:", "6 bytes"),
        ("service/demo", "Selector:", "app=web"),
        ("endpoints/manual", "Addresses:", "10.1.1.1"),
        ("serviceaccount/demo", "Name:", "demo"),
        ("pvc/demo", "Status:", "Access Modes:"),
        ("job/demo", "Parallelism:", "busybox:1.35"),
        ("cronjob/demo", "0 3 * * *", "report-tool:latest"),
        ("ingress/demo", "example.com", "/app1"),
        ("lease/demo", "Holder Identity:", "me"),
        ("hpa/demo", "Reference:", "Deployment/web"),
        ("configmap/demo", "color:", "red"),
        ("nodes", "Allocatable:", "Ready"),
        ("namespace/{0}", "Status:", "Active"),
        ("endpointslice/demo", "AddressType:", "10.1.1.2"),
        ("events", "Reason:", "ScalingReplicaSet"),
        ("statefulset/demo", "Update Strategy:", "busybox:1.35"),
        ("daemonset/demo", "Node-Selector:", "busybox:1.35"),
        ("networkpolicy/demo", "PodSelector:", "Policy Types:"),
        ("resourcequota/demo", "Used", "Hard"),
        ("limitrange/demo", "Container", "500m"),
        ("role/demo", "PolicyRule:", "configmaps"),
        ("rolebinding/demo", "Subjects:", "robot"),
        ("pv/{0}", "Reclaim Policy:", "/data"),
        ("storageclass/{0}", "Provisioner:", "example.com/disk"),
        ("ingressclass/{0}", "Controller:", "example.com/proxy"),
        ("priorityclass/{0}", "Value:", "1000"),
    ];

    /// <summary>What <c>examples/every-kind.yaml</c> leaves out; those that belong to no namespace are called as the
    /// space.</summary>
    private const string Others = """
        {apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: demo}, addressType: IPv4,
         endpoints: [{addresses: [10.1.1.2]}], ports: [{name: http, port: 80}]}
        ---
        {apiVersion: apps/v1, kind: StatefulSet, metadata: {name: demo}, spec: {replicas: 0, serviceName: demo,
         selector: {matchLabels: {app: s}}, template: {metadata: {labels: {app: s}},
         spec: {containers: [{name: main, image: "busybox:1.35"}]}}}}
        ---
        {apiVersion: apps/v1, kind: DaemonSet, metadata: {name: demo}, spec: {
         selector: {matchLabels: {app: d}}, template: {metadata: {labels: {app: d}},
         spec: {nodeSelector: {no: where}, containers: [{name: main, image: "busybox:1.35"}]}}}}
        ---
        {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: demo},
         spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}}
        ---
        {apiVersion: v1, kind: ResourceQuota, metadata: {name: demo}, spec: {hard: {configmaps: "50"}}}
        ---
        {apiVersion: v1, kind: LimitRange, metadata: {name: demo},
         spec: {limits: [{type: Container, default: {cpu: 500m}}]}}
        ---
        {apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: demo},
         rules: [{apiGroups: [""], resources: [configmaps], verbs: [get]}]}
        ---
        {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: demo},
         roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: demo},
         subjects: [{kind: ServiceAccount, name: robot}]}
        ---
        {apiVersion: v1, kind: PersistentVolume, metadata: {name: SPACE}, spec: {capacity: {storage: 1Gi},
         accessModes: [ReadWriteOnce], hostPath: {path: /data}}}
        ---
        {apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: SPACE}, provisioner: example.com/disk}
        ---
        {apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: SPACE},
         spec: {controller: example.com/proxy}}
        ---
        {apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: SPACE}, value: 1000}
        """;

    [Fact]
    public async Task Describe_of_each_kind_with_the_new_kubectl() =>
        await DescribeAllAsync(Kubectl.New, skip: []);

    /// <summary>The API versions that this old client describes by are gone since Kubernetes 1.22 to 1.26.</summary>
    [Fact]
    public async Task Describe_of_each_kind_with_the_old_kubectl() => await DescribeAllAsync(Kubectl.Old, skip:
        ["hpa/demo", "cronjob/demo", "ingress/demo", "endpointslice/demo", "ingressclass/{0}"]);

    private async Task DescribeAllAsync(string version, string[] skip)
    {
        await using var space = await shared.NewSpaceAsync(version);
        var newest = space.Cluster.Kubectl(space.Name);
        await newest.CreateAsync(Manifests.Deployment("web", 1));
        await newest.OkAsync("create", "-f", Places.Example("every-kind.yaml"));
        await newest.CreateAsync(Others.Replace("SPACE", space.Name, StringComparison.Ordinal));
        await newest.RolledOutAsync("web");
        await space.Kubectl.DescribesAsync(["pods"], "Started");
        var failures = new List<string>();
        foreach (var (resource, one, two) in Described)
        {
            if (skip.Contains(resource))
            {
                continue;
            }

            var output = await space.Kubectl.RunAsync("describe", resource.Replace("{0}", space.Name));
            if (output.ExitCode != 0 || !output.Text.Contains(one) || !output.Text.Contains(two))
            {
                failures.Add($"expected '{one}' and '{two}' of {output}");
            }
        }
        await newest.OkAsync("delete", $"pv/{space.Name}", $"sc/{space.Name}", $"pc/{space.Name}",
            $"ingressclass/{space.Name}");
        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
    }
}
