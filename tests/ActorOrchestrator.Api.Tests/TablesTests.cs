using System.Text;
using System.Text.Json;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Api.Tables;

namespace ActorOrchestrator.Api.Tests;

public sealed class TablesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Every_kind_has_as_many_cells_as_columns()
    {
        foreach (var kind in KindRegistry.All)
        {
            var @object = (KubeObject)Activator.CreateInstance(kind.ClrType)!;
            var columns = Tables.Tables.Columns(kind);
            Assert.Equal(columns.Count, Tables.Tables.Cells(@object, Now).Count);
            Assert.All(columns, column => Assert.NotEmpty(column.Description));
        }
    }

    [Theory]
    [InlineData("pods", "Name Ready Status Restarts Age", "IP Node Nominated_Node Readiness_Gates")]
    [InlineData("deployments", "Name Ready Up-to-date Available Age", "Containers Images Selector")]
    [InlineData("replicasets", "Name Desired Current Ready Age", "Containers Images Selector")]
    [InlineData("statefulsets", "Name Ready Age", "Containers Images")]
    [InlineData("daemonsets", "Name Desired Current Ready Up-to-date Available Node_Selector Age",
        "Containers Images Selector")]
    [InlineData("jobs", "Name Status Completions Duration Age", "Containers Images Selector")]
    [InlineData("cronjobs", "Name Schedule Timezone Suspend Active Last_Schedule Age", "Containers Images Selector")]
    [InlineData("services", "Name Type Cluster-IP External-IP Port(s) Age", "Selector")]
    [InlineData("nodes", "Name Status Roles Age Version",
        "Internal-IP External-IP OS-Image Kernel-Version Container-Runtime")]
    [InlineData("events", "Last_Seen Type Reason Object Message", "Subobject Source First_Seen Count Name")]
    [InlineData("ingresses", "Name Class Hosts Address Ports Age", "")]
    [InlineData("horizontalpodautoscalers", "Name Reference Targets MinPods MaxPods Replicas Age", "")]
    [InlineData("serviceaccounts", "Name Age", "")]
    [InlineData("secrets", "Name Type Data Age", "")]
    [InlineData("configmaps", "Name Data Age", "")]
    [InlineData("namespaces", "Name Status Age", "")]
    [InlineData("endpoints", "Name Endpoints Age", "")]
    [InlineData("endpointslices", "Name AddressType Ports Endpoints Age", "")]
    [InlineData("leases", "Name Holder Age", "")]
    [InlineData("roles", "Name Created_At", "")]
    [InlineData(
        "persistentvolumeclaims",
        "Name Status Volume Capacity Access_Modes StorageClass VolumeAttributesClass Age",
        "VolumeMode")]
    public void Columns_are_those_of_Kubernetes(string plural, string always, string wide)
    {
        var columns = Tables.Tables.Columns(KindRegistry.All.First(kind => kind.Plural == plural));
        string Names(int priority) => string.Join(' ', columns.Where(column => column.Priority == priority)
            .Select(column => column.Name.Replace(' ', '_')));
        Assert.Equal((always, wide), (Names(0), Names(1)));
    }

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(119, "119s")]
    [InlineData(120, "2m")]
    [InlineData(125, "2m5s")]
    [InlineData(599, "9m59s")]
    [InlineData(600, "10m")]
    [InlineData(10_799, "179m")]
    [InlineData(10_800, "3h")]
    [InlineData(11_520, "3h12m")]
    [InlineData(28_800, "8h")]
    [InlineData(172_799, "47h")]
    [InlineData(172_800, "2d")]
    [InlineData(180_000, "2d2h")]
    [InlineData(691_200, "8d")]
    [InlineData(63_072_000, "2y")]
    [InlineData(63_158_400, "2y1d")]
    [InlineData(252_288_000, "8y")]
    [InlineData(-1, "0s")]
    [InlineData(-10, "<invalid>")]
    public void Durations_are_printed_as_kubectl_prints_them(long seconds, string text) =>
        Assert.Equal(text, TableText.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData("""{"phase":"Pending"}""", "0/2 | Pending | 0")]
    [InlineData(
        """
        {"phase":"Running","containerStatuses":[{"name":"a","ready":true,"state":{"running":{}}},{
        "name":"b","ready":true,"state":{"running":{}}}]}
        """, "2/2 | Running | 0")]
    [InlineData(
        """
        {"phase":"Running","containerStatuses":[{"name":"a","ready":true,"state":{"running":{}}},{
        "name":"b","restartCount":2,"state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{
        "terminated":{"exitCode":1,"finishedAt":"2026-01-01T11:59:55Z"}}}]}
        """, "1/2 | CrashLoopBackOff | 2 (5s ago)")]
    [InlineData(
        """
        {"phase":"Pending","containerStatuses":[{"name":"a","state":{"waiting":{
        "reason":"ContainerCreating"}}}]}
        """, "0/2 | ContainerCreating | 0")]
    [InlineData(
        """
        {"phase":"Succeeded","containerStatuses":[{"name":"a","state":{"terminated":{"exitCode":0,
        "reason":"Completed"}}}]}
        """, "0/2 | Completed | 0")]
    [InlineData("""{"phase":"Failed","containerStatuses":[{"name":"a","state":{"terminated":{"exitCode":3}}}]}""",
        "0/2 | ExitCode:3 | 0")]
    [InlineData(
        """
        {"phase":"Failed","containerStatuses":[{"name":"a","state":{"terminated":{"exitCode":137,
        "signal":9}}}]}
        """, "0/2 | Signal:9 | 0")]
    [InlineData("""{"phase":"Failed","reason":"Evicted"}""", "0/2 | Evicted | 0")]
    [InlineData(
        """
        {"phase":"Running","containerStatuses":[{"name":"a","state":{"terminated":{"reason":"Completed"}}},{
        "name":"b","ready":true,"state":{"running":{}}}],"conditions":[{"type":"Ready","status":"True"}]}
        """, "1/2 | Running | 0")]
    [InlineData(
        """
        {"phase":"Running","containerStatuses":[{"name":"a","state":{"terminated":{"reason":"Completed"}}},{
        "name":"b","ready":true,"state":{"running":{}}}]}
        """, "1/2 | NotReady | 0")]
    [InlineData(
        """
        {"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False",
        "reason":"SchedulingGated"}]}
        """, "0/2 | SchedulingGated | 0")]
    public void A_pods_status_is_one_word(string status, string expected)
    {
        var pod = Read<Pod>(
            """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"a"},{"name":"b"}]},"status":""" + status + "}");
        Assert.Equal(expected, string.Join(" | ", Tables.Tables.Cells(pod, Now).Skip(1).Take(3)));
    }

    [Theory]
    [InlineData("""[{"name":"i","state":{"running":{}}}]""", "0/2 | Init:0/3 | 0")]
    [InlineData(
        """
        [{"name":"i","state":{"terminated":{"exitCode":0}}},{"name":"j","state":{"waiting":{
        "reason":"PodInitializing"}}}]
        """, "0/2 | Init:1/3 | 0")]
    [InlineData("""[{"name":"i","state":{"waiting":{"reason":"ImagePullBackOff"}}}]""",
        "0/2 | Init:ImagePullBackOff | 0")]
    [InlineData("""[{"name":"i","restartCount":3,"state":{"terminated":{"exitCode":1,"reason":"Error"}}}]""",
        "0/2 | Init:Error | 3")]
    [InlineData(
        """
        [{"name":"i","state":{"terminated":{"exitCode":0}}},{"name":"j","state":{"terminated":{
        "exitCode":0}}},{"name":"side","ready":true,"started":true,"restartCount":1,"state":{"running":{}}}]
        """, "1/2 | Pending | 1")]
    public void Initialization_shows_its_step(string statuses, string expected)
    {
        var pod = Read<Pod>(
                """
                {"metadata":{"name":"p"},"spec":{"containers":[{"name":"a"}],"initContainers":[{"name":"i"},
                {"name":"j"},{"name":"side","restartPolicy":"Always"}]},"status":{"phase":"Pending",
                "initContainerStatuses":
                """
            + statuses + "}}");
        Assert.Equal(expected, string.Join(" | ", Tables.Tables.Cells(pod, Now).Skip(1).Take(3)));
    }

    [Fact]
    public void A_deleted_pod_is_terminating_until_it_has_ended()
    {
        var pod = new Pod { Metadata = new() { DeletionTimestamp = Now }, Status = new() { Phase = "Running" } };
        Assert.Equal("Terminating", Tables.Tables.Cells(pod, Now)[2].ToString());
        var ended = pod with { Status = new() { Phase = "Succeeded" } };
        Assert.Equal("Succeeded", Tables.Tables.Cells(ended, Now)[2].ToString());
    }

    [Theory]
    [InlineData("apps/v1", "Deployment",
        """
        {"spec":{"replicas":3,"selector":{"matchLabels":{"b":"2","a":"1"},"matchExpressions":[{"key":"c",
        "operator":"In","values":["y","x"]}]},"template":{"spec":{"containers":[{"name":"w",
        "image":"nginx:1"},{"name":"v","image":"x"}]}}},"status":{"readyReplicas":2,"updatedReplicas":3,
        "availableReplicas":1}}
        """,
        "n | 2/3 | 3 | 1 | 60m | w,v | nginx:1,x | a=1,b=2,c in (x,y)")]
    [InlineData("apps/v1", "ReplicaSet",
        """
        {"spec":{"replicas":3,"selector":{"matchLabels":{"a":"1"}},"template":{"spec":{"containers":[{
        "name":"w","image":"i"}]}}},"status":{"replicas":3,"readyReplicas":2}}
        """,
        "n | 3 | 3 | 2 | 60m | w | i | a=1")]
    [InlineData("v1", "ReplicationController",
        """
        {"spec":{"replicas":3,"selector":{"b":"2","a":"1"},"template":{"spec":{"containers":[{"name":"w",
        "image":"i"}]}}},"status":{"replicas":3,"readyReplicas":2}}
        """,
        "n | 3 | 3 | 2 | 60m | w | i | a=1,b=2")]
    [InlineData("v1", "Service",
        """
        {"spec":{"type":"NodePort","clusterIP":"10.0.0.1","ports":[{"port":80,"nodePort":30080,
        "protocol":"TCP"},{"port":53,"protocol":"UDP"}],"selector":{"a":"1"}}}
        """,
        "n | NodePort | 10.0.0.1 | <none> | 80:30080/TCP,53/UDP | 60m | a=1")]
    [InlineData("v1", "Service", """{"spec":{"type":"LoadBalancer","clusterIP":"10.0.0.1"}}""",
        "n | LoadBalancer | 10.0.0.1 | <pending> | <none> | 60m | <none>")]
    [InlineData("v1", "Service", """{"spec":{"type":"ExternalName","externalName":"x.y"}}""",
        "n | ExternalName | <none> | x.y | <none> | 60m | <none>")]
    [InlineData("v1", "Node",
        """
        {"spec":{"unschedulable":true},"status":{"conditions":[{"type":"Ready","status":"True"}],
        "addresses":[{"type":"InternalIP","address":"1.1.1.1"}],"nodeInfo":{"kubeletVersion":"v1.35.0",
        "osImage":"Debian"}}}
        """,
        "n | Ready,SchedulingDisabled | <none> | 60m | v1.35.0 | 1.1.1.1 | <none> | Debian | <unknown> | <unknown>")]
    [InlineData("v1", "Endpoints",
        """
        {"subsets":[{"addresses":[{"ip":"1.1.1.1"},{"ip":"1.1.1.2"},{"ip":"1.1.1.3"},{"ip":"1.1.1.4"}],
        "ports":[{"port":80}]}]}
        """,
        "n | 1.1.1.1:80,1.1.1.2:80,1.1.1.3:80 + 1 more... | 60m")]
    [InlineData("batch/v1", "Job",
        """
        {"spec":{"completions":4,"parallelism":2},"status":{"succeeded":1,
        "startTime":"2026-01-01T11:58:00Z"}}
        """, "n | Running | 1/4 | 2m | 60m |  |  | <none>")]
    [InlineData("batch/v1", "Job",
        """
        {"spec":{"completions":1},"status":{"succeeded":1,"startTime":"2026-01-01T11:58:00Z",
        "completionTime":"2026-01-01T11:58:07Z","conditions":[{"type":"Complete","status":"True"}]}}
        """, "n | Complete | 1/1 | 7s | 60m |  |  | <none>")]
    [InlineData("batch/v1", "CronJob",
        """
        {"spec":{"schedule":"*/5 * * * *","suspend":false},"status":{"active":[{"name":"j"}]}}
        """, "n | */5 * * * * | <none> | False | 1 | <none> | 60m |  |  | <none>")]
    [InlineData("v1", "Event",
        """
        {"involvedObject":{"kind":"Pod","name":"p","fieldPath":"spec.containers{c}"},"type":"Warning",
        "reason":"BackOff","message":"text ","count":3,"firstTimestamp":"2026-01-01T11:00:00Z",
        "lastTimestamp":"2026-01-01T11:59:30Z","source":{"component":"kubelet","host":"h"}}
        """,
        "30s | Warning | BackOff | pod/p | spec.containers{c} | kubelet, h | text | 60m | 3 | n")]
    [InlineData("networking.k8s.io/v1", "Ingress", """{"spec":{"rules":[{"host":"a.b"}],"tls":[{}]}}""",
        "n | <none> | a.b |  | 80, 443 | 60m")]
    [InlineData("autoscaling/v2", "HorizontalPodAutoscaler",
        """
        {"spec":{"minReplicas":1,"maxReplicas":5,"scaleTargetRef":{"kind":"Deployment","name":"d"},
        "metrics":[{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization",
        "averageUtilization":80}}}]},"status":{"currentReplicas":2}}
        """,
        "n | Deployment/d | cpu: <unknown>/80% | 1 | 5 | 2 | 60m")]
    [InlineData("v1", "PersistentVolumeClaim",
        """
        {"spec":{"volumeName":"v","storageClassName":"s","volumeMode":"Filesystem"},"status":{
        "phase":"Bound","capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce","ReadOnlyMany"]}}
        """,
        "n | Bound | v | 1Gi | RWO,ROX | s | <unset> | 60m | Filesystem")]
    [InlineData("storage.k8s.io/v1", "StorageClass", """{"provisioner":"p"}""",
        "n | p | Delete | Immediate | false | 60m")]
    [InlineData("rbac.authorization.k8s.io/v1", "Role", """{"rules":[]}""", "n | 2026-01-01T11:00:00Z")]
    public void Rows_read_as_kubectl_prints_them(string apiVersion, string kind, string body, string expected)
    {
        var json = "{\"apiVersion\":\"" + apiVersion + "\",\"kind\":\"" + kind
            + "\",\"metadata\":{\"name\":\"n\",\"creationTimestamp\":\"2026-01-01T11:00:00Z\"}," + body[1..];
        var @object = KubeJson.ReadObject(Encoding.UTF8.GetBytes(json));
        Assert.Equal(expected, string.Join(" | ", Tables.Tables.Cells(@object, Now)));
    }

    [Fact]
    public void A_nodes_roles_come_from_its_labels()
    {
        var node = Read<Node>(
            """
            {"metadata":{"labels":{"node-role.kubernetes.io/worker":"",
            "node-role.kubernetes.io/control-plane":"","kubernetes.io/role":"x"}}}
            """);
        Assert.Equal("control-plane,worker,x", Tables.Tables.Cells(node, Now)[2].ToString());
    }

    [Theory]
    [InlineData(TableObject.None, "null")]
    [InlineData(TableObject.Metadata,
        """
        {"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"name":"c"}}
        """)]
    [InlineData(TableObject.Object,
        """
        {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"data":{"a":"b"}}
        """)]
    public void Rows_carry_what_was_asked_for(TableObject include, string expected)
    {
        var map = Read<ConfigMap>("""{"metadata":{"name":"c"},"data":{"a":"b"}}""");
        var bytes = Tables.Tables.Render(KindRegistry.Of(map), [map], Now, include, new() { ResourceVersion = "7" });
        using var table = JsonDocument.Parse(bytes);
        Assert.Equal("meta.k8s.io/v1", table.RootElement.GetProperty("apiVersion").GetString());
        Assert.Equal("7", table.RootElement.GetProperty("metadata").GetProperty("resourceVersion").GetString());
        Assert.Equal("name", table.RootElement.GetProperty("columnDefinitions")[0].GetProperty("format").GetString());
        var row = table.RootElement.GetProperty("rows")[0];
        Assert.Equal("""["c",1,"<unknown>"]""", row.GetProperty("cells").GetRawText());
        Assert.Equal(expected, row.GetProperty("object").GetRawText());
    }

    private static T Read<T>(string json) where T : KubeObject => KubeJson.Read<T>(Encoding.UTF8.GetBytes(json));
}
