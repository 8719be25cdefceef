using System.Text;
using System.Text.Json.Nodes;
using ActorOrchestrator.Api.Patching;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Api.Tests.Patching;
using ActorOrchestrator.Api.Validation;

namespace ActorOrchestrator.Api.Tests.Validation;

/// <summary>Good objects as they are after defaulting; a test changes one of them by a merge patch.</summary>
internal static class Manifests
{
    private const string Container =
        """
        { "name": "c", "image": "nginx", "imagePullPolicy": "Always", "terminationMessagePolicy": "File" }
        """;

    private const string PodSpec =
        $$"""
        { "containers": [{{Container}}], "restartPolicy": "Always", "dnsPolicy": "ClusterFirst" }
        """;

    private static readonly Dictionary<string, string> Good = new()
    {
        ["Pod"] = $$"""{ "apiVersion": "v1", "kind": "Pod", "spec": {{PodSpec}} }""",
        ["Deployment"] =
            $$"""
            {
              "apiVersion": "apps/v1", "kind": "Deployment",
              "spec": {
                "replicas": 3, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600,
                "selector": { "matchLabels": { "app": "x" } },
                "strategy": {
                  "type": "RollingUpdate", "rollingUpdate": { "maxSurge": "25%", "maxUnavailable": "25%" }
                },
                "template": { "metadata": { "labels": { "app": "x" } }, "spec": {{PodSpec}} }
              }
            }
            """,
        ["ReplicaSet"] =
            $$"""
            {
              "apiVersion": "apps/v1", "kind": "ReplicaSet",
              "spec": {
                "replicas": 3, "selector": { "matchLabels": { "app": "x" } },
                "template": { "metadata": { "labels": { "app": "x" } }, "spec": {{PodSpec}} }
              }
            }
            """,
        ["ReplicationController"] =
            $$"""
            {
              "apiVersion": "v1", "kind": "ReplicationController",
              "spec": {
                "replicas": 3, "selector": { "app": "x" },
                "template": { "metadata": { "labels": { "app": "x" } }, "spec": {{PodSpec}} }
              }
            }
            """,
        ["StatefulSet"] =
            $$"""
            {
              "apiVersion": "apps/v1", "kind": "StatefulSet",
              "spec": {
                "replicas": 3, "selector": { "matchLabels": { "app": "x" } }, "serviceName": "x",
                "podManagementPolicy": "OrderedReady", "updateStrategy": { "type": "RollingUpdate" },
                "template": { "metadata": { "labels": { "app": "x" } }, "spec": {{PodSpec}} }
              }
            }
            """,
        ["DaemonSet"] =
            $$"""
            {
              "apiVersion": "apps/v1", "kind": "DaemonSet",
              "spec": {
                "selector": { "matchLabels": { "app": "x" } },
                "updateStrategy": {
                  "type": "RollingUpdate", "rollingUpdate": { "maxSurge": 0, "maxUnavailable": 1 }
                },
                "template": { "metadata": { "labels": { "app": "x" } }, "spec": {{PodSpec}} }
              }
            }
            """,
        ["ControllerRevision"] =
            """
            {
              "apiVersion": "apps/v1", "kind": "ControllerRevision", "revision": 1,
              "data": { "spec": { "template": { "$patch": "replace" } } }
            }
            """,
        ["Job"] =
            $$"""
            {
              "apiVersion": "batch/v1", "kind": "Job",
              "spec": {
                "parallelism": 1, "completions": 1, "backoffLimit": 6, "completionMode": "NonIndexed",
                "template": {
                  "spec": { "containers": [{{Container}}], "restartPolicy": "Never", "dnsPolicy": "ClusterFirst" }
                }
              }
            }
            """,
        ["CronJob"] =
            $$"""
            {
              "apiVersion": "batch/v1", "kind": "CronJob",
              "spec": {
                "schedule": "*/5 * * * *", "concurrencyPolicy": "Allow",
                "jobTemplate": { "spec": { "template": {
                  "spec": { "containers": [{{Container}}], "restartPolicy": "Never", "dnsPolicy": "ClusterFirst" }
                } } }
              }
            }
            """,
        ["Service"] =
            """
            {
              "apiVersion": "v1", "kind": "Service",
              "spec": {
                "type": "ClusterIP", "sessionAffinity": "None", "clusterIP": "10.0.0.1", "clusterIPs": ["10.0.0.1"],
                "internalTrafficPolicy": "Cluster", "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack",
                "ports": [{ "port": 80, "targetPort": 8080, "protocol": "TCP" }]
              }
            }
            """,
        ["Ingress"] =
            """
            {
              "apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
              "spec": { "rules": [{ "host": "a.example.com", "http": { "paths": [{
                "path": "/", "pathType": "Prefix", "backend": { "service": { "name": "s", "port": { "number": 80 } } }
              }] } }] }
            }
            """,
        ["HorizontalPodAutoscaler"] =
            """
            {
              "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
              "spec": {
                "minReplicas": 1, "maxReplicas": 5,
                "scaleTargetRef": { "apiVersion": "apps/v1", "kind": "Deployment", "name": "d" },
                "metrics": [{ "type": "Resource", "resource": {
                  "name": "cpu", "target": { "type": "Utilization", "averageUtilization": 80 }
                } }]
              }
            }
            """,
        ["PersistentVolume"] =
            """
            {
              "apiVersion": "v1", "kind": "PersistentVolume",
              "spec": {
                "capacity": { "storage": "1Gi" }, "accessModes": ["ReadWriteOnce"], "hostPath": { "path": "/data" },
                "persistentVolumeReclaimPolicy": "Retain", "volumeMode": "Filesystem"
              }
            }
            """,
        ["PersistentVolumeClaim"] =
            """
            {
              "apiVersion": "v1", "kind": "PersistentVolumeClaim",
              "spec": {
                "accessModes": ["ReadWriteOnce"], "volumeMode": "Filesystem",
                "resources": { "requests": { "storage": "1Gi" } }
              }
            }
            """,
        ["StorageClass"] =
            """
            {
              "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
              "provisioner": "example.com/disk", "reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"
            }
            """,
        ["PriorityClass"] =
            """{ "apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "value": 10 }""",
        ["PodTemplate"] =
            $$"""
            {
              "apiVersion": "v1", "kind": "PodTemplate",
              "template": { "metadata": { "labels": { "app": "a" } }, "spec": {{PodSpec}} }
            }
            """,
        ["ServiceAccount"] = """{ "apiVersion": "v1", "kind": "ServiceAccount" }""",
        ["Node"] = """{ "apiVersion": "v1", "kind": "Node" }""",
        ["Namespace"] = """{ "apiVersion": "v1", "kind": "Namespace", "spec": { "finalizers": ["kubernetes"] } }""",
        ["ConfigMap"] = """{ "apiVersion": "v1", "kind": "ConfigMap", "data": { "k": "v" } }""",
        ["Secret"] = """{ "apiVersion": "v1", "kind": "Secret", "type": "Opaque", "data": { "k": "dg==" } }""",
        ["Lease"] = """{ "apiVersion": "coordination.k8s.io/v1", "kind": "Lease" }""",
        ["EndpointSlice"] =
            """
            {
              "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
              "endpoints": [{ "addresses": ["10.0.0.1"] }], "ports": [{ "port": 80, "protocol": "TCP" }]
            }
            """,
        ["PodDisruptionBudget"] =
            """{ "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "spec": { "minAvailable": 1 } }""",
        ["ResourceQuota"] =
            """{ "apiVersion": "v1", "kind": "ResourceQuota", "spec": { "hard": { "pods": "10" } } }""",
        ["LimitRange"] =
            """
            {
              "apiVersion": "v1", "kind": "LimitRange",
              "spec": { "limits": [{ "type": "Container", "min": { "cpu": "1" }, "max": { "cpu": "2" } }] }
            }
            """,
        ["Role"] =
            """
            {
              "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
              "rules": [{ "apiGroups": [""], "resources": ["pods"], "verbs": ["get"] }]
            }
            """,
        ["ClusterRole"] =
            """
            {
              "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
              "rules": [{ "apiGroups": [""], "resources": ["pods"], "verbs": ["get"] }]
            }
            """,
        ["NetworkPolicy"] =
            """
            {
              "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
              "spec": { "podSelector": {}, "policyTypes": ["Ingress"] }
            }
            """,
        ["RoleBinding"] =
            """
            {
              "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
              "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "r" },
              "subjects": [{ "kind": "ServiceAccount", "name": "s" }]
            }
            """,
        ["ClusterRoleBinding"] =
            """
            {
              "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
              "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "r" },
              "subjects": [{ "kind": "ServiceAccount", "name": "s", "namespace": "default" }]
            }
            """,
        ["IngressClass"] =
            """
            {
              "apiVersion": "networking.k8s.io/v1", "kind": "IngressClass",
              "spec": { "controller": "example.com/ingress" }
            }
            """,
        ["Endpoints"] =
            """
            {
              "apiVersion": "v1", "kind": "Endpoints",
              "subsets": [{ "addresses": [{ "ip": "10.0.0.1" }], "ports": [{ "port": 80, "protocol": "TCP" }] }]
            }
            """,
    };

    public static IEnumerable<string> Kinds => Good.Keys;

    /// <summary>The good object of a kind, changed by a merge patch (single quotes stand for double ones).</summary>
    public static KubeObject Of(string kind, string patch = "{}")
    {
        var node = JsonNode.Parse(Good[kind])!.AsObject();
        node["metadata"] = new JsonObject { ["name"] = "x" };
        var (apiVersion, _) = KubeJson.PeekType(Encoding.UTF8.GetBytes(node.ToJsonString()));
        Assert.True(KindRegistry.TryFindKind(apiVersion, kind, out var registered));
        if (registered.Namespaced)
        {
            node["metadata"]!["namespace"] = "default";
        }

        var patched = Assert.IsType<PatchResult.Patched>(MergePatch.Apply(node, JsonText.Parse(patch)!));
        return KubeJson.ReadObject(Encoding.UTF8.GetBytes(patched.Node.ToJsonString()));
    }

    /// <summary>The pod with its one container changed by a merge patch.</summary>
    public static KubeObject PodWithContainer(string patch)
    {
        var patched = MergePatch.Apply(JsonNode.Parse(Container)!.AsObject(), JsonText.Parse(patch)!);
        var container = Assert.IsType<PatchResult.Patched>(patched).Node;
        const string Volume = "{'name':'v','emptyDir':{}}";
        return Of("Pod", $"{{'spec':{{'volumes':[{Volume}],'containers':[{container.ToJsonString()}]}}}}");
    }

    /// <summary>One error a line; none is an empty text.</summary>
    public static void AssertErrors(string expected, FieldErrors errors) =>
        Assert.Equal(expected, string.Join("\n", errors));
}
