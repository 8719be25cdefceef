using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Coordination;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Serialization;

namespace ActorOrchestrator.Api.Tests.Serialization;

public sealed class KubeJsonTests
{
    [Fact]
    public void Every_registered_kind_is_written_and_read_back_equal()
    {
        // An older version of a kind is the same type by another name.
        var kinds = KindRegistry.All.Where(kind => kind.StoredAs != kind.ClrType).ToList();
        Assert.Equal(kinds.Count, kinds.Select(kind => kind.ClrType).Distinct().Count());
        foreach (var kind in kinds)
        {
            var @object = (KubeObject)Activator.CreateInstance(kind.ClrType)!;
            @object = @object with { Metadata = new() { Name = "a", Labels = Map(("k", "v")) } };
            var back = KubeJson.ReadObject(KubeJson.Encode(@object));
            Assert.Equal((kind.ApiVersion, kind.Kind), (back.ApiVersion, back.Kind));
            Assert.Equal(@object, back);
        }
    }

    [Fact]
    public void Type_and_metadata_come_first_and_empty_fields_are_left_out()
    {
        var pod = new Pod
        {
            Metadata = new() { Name = "web", Generation = 0 },
            Spec = new() { Containers = [new() { Name = "c", Image = "" }], HostNetwork = false, NodeName = "" },
        };
        Assert.Equal(
            """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","generation":0},"""
            + "\"spec\":{\"containers\":[{\"name\":\"c\",\"resources\":{}}]},\"status\":{}}",
            Text(pod));
    }

    [Fact]
    public void Names_and_texts_written_with_escapes_are_read_like_the_others()
    {
        var pod = Read<Pod>(
            """
            {"m\u0065tadata":{"n\u0061me":"a\u0062c","labels":{"\u006b":"é"}},"spec":{"":1,"x":2}}
            """);
        Assert.Equal("abc", pod.Metadata.Name);
        Assert.Equal("é", pod.Metadata.Labels["k"]);
    }

    [Fact]
    public void The_same_short_text_is_one_string_in_all_objects()
    {
        const string Json = """{"metadata":{"labels":{"app":"a-label-value-of-some-length"}}}""";
        var (first, second) = (Read<Pod>(Json), Read<Pod>(Json));
        Assert.Same(first.Metadata.Labels["app"], second.Metadata.Labels["app"]);
    }

    [Fact]
    public void Names_are_those_of_Kubernetes()
    {
        var pod = Read<Pod>(
            """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","uid":"1"},
             "spec":{"hostPID":true,"setHostnameAsFQDN":true,"securityContext":{"fsGroup":7},"containers":[
               {"name":"c","ports":[{"containerPort":80,"hostIP":"1.2.3.4"}],"tty":true,
                "livenessProbe":{"httpGet":{"path":"/","port":"http"},"periodSeconds":3}}]},
             "status":{"podIP":"10.0.0.1","podIPs":[{"ip":"10.0.0.1"}],"hostIP":"1.1.1.1","qosClass":"BestEffort",
               "containerStatuses":[{"name":"c","containerID":"x://1","imageID":"i","image":"n","ready":true,
                 "restartCount":0,"state":{"running":{"startedAt":"2026-01-02T03:04:05Z"}}}]}}
            """);
        Assert.True(pod.Spec.HostPID);
        Assert.Equal(7, pod.Spec.SecurityContext?.FsGroup);
        Assert.Equal(80, pod.Spec.Containers[0].Ports[0].Port);
        Assert.Equal("http", pod.Spec.Containers[0].LivenessProbe?.HttpGet?.Port.Text);
        Assert.Equal("10.0.0.1", pod.Status.PodIPs[0].Ip);
        Assert.Equal("x://1", pod.Status.ContainerStatuses[0].ContainerID);
        Assert.Equal(pod, Read<Pod>(Text(pod)));
        Assert.Contains("\"podIPs\":[{\"ip\":\"10.0.0.1\"}]", Text(pod), StringComparison.Ordinal);
        Assert.Contains("\"containerPort\":80", Text(pod), StringComparison.Ordinal);
    }

    [Fact]
    public void Times_are_whole_seconds_and_micro_times_have_six_digits()
    {
        var lease = Read<Lease>(
                """
                {"metadata":{"creationTimestamp":"2026-01-02T05:04:05.999+02:00"},"spec":{
                "renewTime":"2026-01-02T03:04:05.1234567Z"}}
                """);
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), lease.Metadata.CreationTimestamp);
        Assert.Contains("\"creationTimestamp\":\"2026-01-02T03:04:05Z\"", Text(lease), StringComparison.Ordinal);
        Assert.Contains("\"renewTime\":\"2026-01-02T03:04:05.123456Z\"", Text(lease), StringComparison.Ordinal);
        Assert.Equal(lease, Read<Lease>(Text(lease)));
    }

    [Fact]
    public void An_empty_string_is_absent_except_where_it_means_something()
    {
        var claim = Read<PersistentVolumeClaim>(
            """
            {"metadata":{"name":""},"spec":{"storageClassName":"","volumeName":""}}
            """);
        Assert.Null(claim.Metadata.Name);
        Assert.Null(claim.Spec.VolumeName);
        Assert.Equal("", claim.Spec.StorageClassName);
        Assert.Contains("\"storageClassName\":\"\"", Text(claim), StringComparison.Ordinal);
    }

    [Fact]
    public void Nulls_leave_a_field_as_it_is()
    {
        var pod = Read<Pod>(
            """
            {"metadata":null,"spec":{"containers":null,"securityContext":null,"volumes":[{"name":"v",
            "emptyDir":{}}]}}
            """);
        Assert.Equal(ObjectMeta.Empty, pod.Metadata);
        Assert.Null(pod.Spec.SecurityContext);
        Assert.NotNull(pod.Spec.Volumes[0].EmptyDir);
        Assert.Null(pod.Spec.Volumes[0].HostPath);
    }

    [Fact]
    public void Managed_fields_survive_as_they_are()
    {
        const string Fields = """{"f:spec":{"f:replicas":{},"k:{\"name\":\"é\"}":{".":{}}}}""";
        const string Given =
            """{"metadata":{"managedFields":[{"manager":"m","operation":"Apply","fieldsV1":""" + Fields + "}]}}";
        var first = Read<Deployment>(Given);
        Assert.Equal(Fields, first.Metadata.ManagedFields[0].FieldsV1?.ToString());
        Assert.Equal(first, Read<Deployment>(Text(first)));
    }

    [Theory]
    [InlineData("""{"data":{"a":"aGk="}}""", null)]
    [InlineData("""{"data":{"a":"aGk"}}""", "illegal base64 data at input byte 0")]
    [InlineData("""{"data":{"a":"a?k="}}""", "illegal base64 data at input byte 1")]
    public void Secret_data_is_base64(string json, string? error) => AssertDecodes<Secret>(json, error);

    [Theory]
    [InlineData("""{"spec":{"replicas":"3"}}""",
        "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32")]
    [InlineData("""{"spec":{"replicas":99999999999}}""",
        "json: cannot unmarshal number 99999999999 into Go struct field DeploymentSpec.spec.replicas of type int32")]
    [InlineData("""{"spec":{"replicas":1.5}}""",
        "json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32")]
    [InlineData("""{"spec":{"template":{"spec":{"containers":{}}}}}""",
        "json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type "
        + "[]v1.Container")]
    [InlineData("""{"spec":{"template":{"spec":{"containers":[{"ports":[{"containerPort":"x"}]}]}}}}""",
        "json: cannot unmarshal string into Go struct field "
        + "ContainerPort.spec.template.spec.containers.ports.containerPort of type int32")]
    [InlineData("""{"metadata":{"labels":{"a":1}}}""",
        "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels.a of type string")]
    [InlineData("""{"spec":{"template":{"spec":{"containers":[{"resources":{"limits":{"cpu":"x"}}}]}}}}""",
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")]
    [InlineData("""{"spec":true}""",
        "json: cannot unmarshal bool into Go struct field Deployment.spec of type v1.DeploymentSpec")]
    public void A_wrong_type_names_the_field(string json, string error) => AssertDecodes<Deployment>(
        json, "Deployment in version \"v1\" cannot be handled as a Deployment: " + error, whole: true);

    [Theory]
    [InlineData("""{"spec":{"foo":1}}""", "unknown field \"spec.foo\"")]
    [InlineData("""{"spec":{"replicas":1,"replicas":2}}""", "duplicate field \"spec.replicas\"")]
    [InlineData("""{"spec":{"Replicas":1}}""", "unknown field \"spec.Replicas\"")]
    [InlineData("""{"metadata":{"labels":{"a":"1","a":"2"}}}""", "duplicate field \"metadata.labels.a\"")]
    [InlineData("""{"x":{"y":[1,{"z":2}]},"spec":{"template":{"spec":{"containers":[{"name":"a"},{"nam":"b"}]}}}}""",
        "unknown field \"x\", unknown field \"spec.template.spec.containers[1].nam\"")]
    public void Unknown_and_duplicate_fields_are_refused_warned_of_or_ignored(string json, string errors)
    {
        var refused = Assert.IsType<DecodeOutcome.Refused>(Decode<Deployment>(json, FieldValidation.Strict));
        Assert.Equal(
            "Deployment in version \"v1\" cannot be handled as a Deployment: strict decoding error: " + errors,
            refused.Message);
        var warned = Assert.IsType<DecodeOutcome.Decoded>(Decode<Deployment>(json, FieldValidation.Warn));
        Assert.Equal(errors, string.Join(", ", warned.Warnings));
        var ignored = Assert.IsType<DecodeOutcome.Decoded>(Decode<Deployment>(json, FieldValidation.Ignore));
        Assert.Empty(ignored.Warnings);
    }

    [Theory]
    [InlineData("", "unexpected end of JSON input (<empty>)")]
    [InlineData("{", "unexpected end of JSON input ({)")]
    [InlineData("{\"kind\":\"Deployment\",}", "invalid character '}' at line 1, column")]
    [InlineData("[]", "cannot unmarshal array into Go value")]
    [InlineData("{} x", "invalid character 'x' at line 1, column 4")]
    [InlineData("{\"metadata\":{\"name\":\"\\ud800\"}}", "invalid surrogate pair")]
    [InlineData("{\"\\ud800\":1}", "")]
    [InlineData("{\"kind\":1}", "cannot unmarshal number into Go struct field .kind of type string")]
    public void Broken_text_is_refused(string json, string reason)
    {
        var refused = Assert.IsType<DecodeOutcome.Refused>(Decode<Deployment>(json, FieldValidation.Strict));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_not_UTF8_is_refused()
    {
        byte[] bytes = [.. "{\"metadata\":{\"name\":\""u8, 0xff, .. "\"}}"u8];
        var refused = Assert.IsType<DecodeOutcome.Refused>(
            KubeJson.Decode(bytes, KindRegistry.Of<Pod>(), FieldValidation.Ignore));
        Assert.Contains("not valid UTF-8", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"apiVersion":"apps/v1beta1","kind":"Deployment"}""",
        "the API version in the data (apps/v1beta1) does not match the expected API version (apps/v1)")]
    [InlineData("""{"apiVersion":"apps/v1","kind":"ReplicaSet"}""",
        "ReplicaSet in version \"v1\" cannot be handled as a Deployment: it is a ReplicaSet, not a Deployment")]
    [InlineData("""{"kind":"Foo"}""",
        "Foo in version \"v1\" cannot be handled as a Deployment: no kind \"Foo\" is registered for version "
        + "\"apps/v1\"")]
    [InlineData("""{"apiVersion":"apps/v1","kind":"Deployment","kind":"ReplicaSet"}""",
        "ReplicaSet in version \"v1\" cannot be handled as a Deployment: it is a ReplicaSet, not a Deployment")]
    [InlineData("""{"apiVersion":"apps/v1","kind":"Deployment","apiVersion":"v1"}""",
        "the API version in the data (v1) does not match the expected API version (apps/v1)")]
    public void Another_type_than_the_one_addressed_is_refused(string json, string message) =>
        AssertDecodes<Deployment>(json, message, whole: true);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"apiVersion":"","kind":""}""")]
    [InlineData("""{"apiVersion":"apps/v1","kind":"Deployment","kind":""}""")]
    public void Without_a_type_it_is_of_the_one_addressed(string json)
    {
        var decoded = Assert.IsType<DecodeOutcome.Decoded>(Decode<Deployment>(json, FieldValidation.Ignore));
        Assert.Equal(new Deployment(), decoded.Object);
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        var deep = "{\"spec\":" + string.Concat(Enumerable.Repeat("{\"a\":", 50_000)) + "1" + new string('}', 50_001);
        AssertDecodes<Deployment>(deep, "exceeded max depth");
    }

    [Fact]
    public void An_object_inside_another_record_keeps_its_type()
    {
        var before = new Envelope(new Pod { Metadata = new() { Name = "p" } }, Map(("a", "b")));
        var json = JsonSerializer.Serialize(before, EnvelopeContext.Default.Envelope);
        Assert.Equal(
            """{"Object":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[]},"""
            + "\"status\":{}},\"Labels\":{\"a\":\"b\"}}",
            json);
        Assert.Equal(before, JsonSerializer.Deserialize(json, EnvelopeContext.Default.Envelope));
    }

    private static ValueMap<string> Map(params (string Key, string Value)[] entries) =>
        ValueMap<string>.From(entries.Select(entry => KeyValuePair.Create(entry.Key, entry.Value)));

    private static string Text(KubeObject @object) => Encoding.UTF8.GetString(KubeJson.Encode(@object));

    private static T Read<T>(string json) where T : KubeObject => KubeJson.Read<T>(Encoding.UTF8.GetBytes(json));

    private static DecodeOutcome Decode<T>(string json, FieldValidation validation) where T : KubeObject =>
        KubeJson.Decode(Encoding.UTF8.GetBytes(json), KindRegistry.Of<T>(), validation);

    private static void AssertDecodes<T>(string json, string? error, bool whole = false) where T : KubeObject
    {
        var outcome = Decode<T>(json, FieldValidation.Ignore);
        if (error is null)
        {
            Assert.IsType<DecodeOutcome.Decoded>(outcome);
            return;
        }

        var message = Assert.IsType<DecodeOutcome.Refused>(outcome).Message;
        if (whole)
        {
            Assert.Equal(error, message);
        }
        else
        {
            Assert.Contains(error, message, StringComparison.Ordinal);
        }
    }
}

public sealed record Envelope(
    KubeObject Object,
    [property: JsonConverter(typeof(KubeValueConverter<ValueMap<string>>))] ValueMap<string> Labels);

[JsonSerializable(typeof(Envelope))]
internal sealed partial class EnvelopeContext : JsonSerializerContext;
