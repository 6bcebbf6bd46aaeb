# Three agents on different machines, and the run that they make the requests of. The image is the one of the Dockerfile.
#
#   nomad var put nomad/jobs/sweetspot token="$(openssl rand -hex 16)"
#   nomad job run nomad.hcl
#   nomad alloc logs -f -job sweetspot
job "sweetspot" {
  type = "batch"

  group "coordinator" {
    network {
      port "nats" {}
    }

    service {
      name     = "sweetspot"
      port     = "nats"
      provider = "nomad"
    }

    task "sweep" {
      driver = "docker"

      template {
        data        = "{{ with nomadVar \"nomad/jobs/sweetspot\" }}{{ .token }}{{ end }}"
        destination = "secrets/token"
      }

      config {
        image        = "registry.example/sweetspot:latest"
        network_mode = "host"
        args = [
          "sweep", "--agents=3", "--listen=${NOMAD_ADDR_nats}", "--token-file=${NOMAD_SECRETS_DIR}/token",
          "--join-timeout=5m", "--budget=5m", "http://service.example:8080/",
        ]
      }
    }
  }

  group "agent" {
    count = 3

    constraint {
      distinct_hosts = true
    }

    task "agent" {
      driver = "docker"

      template {
        data        = "{{ with nomadVar \"nomad/jobs/sweetspot\" }}{{ .token }}{{ end }}"
        destination = "secrets/token"
      }

      template {
        data        = "{{ range nomadService \"sweetspot\" }}JOIN=nats://{{ .Address }}:{{ .Port }}{{ end }}"
        destination = "local/environment"
        env         = true
      }

      config {
        image = "registry.example/sweetspot:latest"
        args = [
          "agent", "--join=${JOIN}", "--token-file=${NOMAD_SECRETS_DIR}/token", "--name=agent-${NOMAD_ALLOC_INDEX}", "--patience=5m",
        ]
      }

      resources {
        cores = 2
      }
    }
  }
}
