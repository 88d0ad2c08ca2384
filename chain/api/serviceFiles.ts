import { create, createFileRegistry, type MessageInitShape } from '@bufbuild/protobuf';
import {
  type DescriptorProtoSchema,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  type FieldDescriptorProtoSchema,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from '@bufbuild/protobuf/wkt';

/**
 * Files of gRPC's own services, which no file of the chain describes: health checks (grpc/health/v1/health.proto) and
 * server reflection (grpc/reflection/v1/reflection.proto; v1alpha has the same messages).
 */
const { STRING, BYTES, INT32, ENUM, MESSAGE } = FieldDescriptorProto_Type;
const { OPTIONAL, REPEATED } = FieldDescriptorProto_Label;

type Field = MessageInitShape<typeof FieldDescriptorProtoSchema>;
type Message = MessageInitShape<typeof DescriptorProtoSchema>;

/** @param typeName full name with a leading dot, of a message or enum only */
function field(name: string, number: number, type: FieldDescriptorProto_Type, typeName?: string): Field {
  const jsonName = name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  return { name, number, type, label: OPTIONAL, jsonName, ...(typeName !== undefined && { typeName }) };
}

/** Fields of which at most one is set. */
function oneOf(fields: readonly Field[]): Field[] {
  return fields.map((one) => ({ ...one, oneofIndex: 0 }));
}

const health = create(FileDescriptorProtoSchema, {
  name: 'grpc/health/v1/health.proto',
  package: 'grpc.health.v1',
  syntax: 'proto3',
  messageType: [
    { name: 'HealthCheckRequest', field: [field('service', 1, STRING)] },
    {
      name: 'HealthCheckResponse',
      field: [field('status', 1, ENUM, '.grpc.health.v1.HealthCheckResponse.ServingStatus')],
      enumType: [
        {
          name: 'ServingStatus',
          value: ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'].map((name, number) => ({ name, number })),
        },
      ],
    },
  ],
  service: [
    {
      name: 'Health',
      method: ['Check', 'Watch'].map((name) => ({
        name,
        inputType: '.grpc.health.v1.HealthCheckRequest',
        outputType: '.grpc.health.v1.HealthCheckResponse',
        serverStreaming: name === 'Watch',
      })),
    },
  ],
});

function reflection(version: string) {
  const of = (name: string) => `.grpc.reflection.${version}.${name}`;
  const messageType: Message[] = [
    {
      name: 'ServerReflectionRequest',
      oneofDecl: [{ name: 'message_request' }],
      field: [
        field('host', 1, STRING),
        ...oneOf([
          field('file_by_filename', 3, STRING),
          field('file_containing_symbol', 4, STRING),
          field('file_containing_extension', 5, MESSAGE, of('ExtensionRequest')),
          field('all_extension_numbers_of_type', 6, STRING),
          field('list_services', 7, STRING),
        ]),
      ],
    },
    { name: 'ExtensionRequest', field: [field('containing_type', 1, STRING), field('extension_number', 2, INT32)] },
    {
      name: 'ServerReflectionResponse',
      oneofDecl: [{ name: 'message_response' }],
      field: [
        field('valid_host', 1, STRING),
        field('original_request', 2, MESSAGE, of('ServerReflectionRequest')),
        ...oneOf([
          field('file_descriptor_response', 4, MESSAGE, of('FileDescriptorResponse')),
          field('all_extension_numbers_response', 5, MESSAGE, of('ExtensionNumberResponse')),
          field('list_services_response', 6, MESSAGE, of('ListServiceResponse')),
          field('error_response', 7, MESSAGE, of('ErrorResponse')),
        ]),
      ],
    },
    { name: 'FileDescriptorResponse', field: [{ ...field('file_descriptor_proto', 1, BYTES), label: REPEATED }] },
    {
      name: 'ExtensionNumberResponse',
      field: [field('base_type_name', 1, STRING), { ...field('extension_number', 2, INT32), label: REPEATED }],
    },
    {
      name: 'ListServiceResponse',
      field: [{ ...field('service', 1, MESSAGE, of('ServiceResponse')), label: REPEATED }],
    },
    { name: 'ServiceResponse', field: [field('name', 1, STRING)] },
    { name: 'ErrorResponse', field: [field('error_code', 1, INT32), field('error_message', 2, STRING)] },
  ];
  return create(FileDescriptorProtoSchema, {
    name: `grpc/reflection/${version}/reflection.proto`,
    package: `grpc.reflection.${version}`,
    syntax: 'proto3',
    messageType,
    service: [
      {
        name: 'ServerReflection',
        method: [
          {
            name: 'ServerReflectionInfo',
            inputType: of('ServerReflectionRequest'),
            outputType: of('ServerReflectionResponse'),
            clientStreaming: true,
            serverStreaming: true,
          },
        ],
      },
    ],
  });
}

/** None imports another. */
export const serviceFiles = [health, reflection('v1'), reflection('v1alpha')] as const;

export const serviceDescriptors = createFileRegistry(create(FileDescriptorSetSchema, { file: [...serviceFiles] }));
